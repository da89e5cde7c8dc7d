/** `ganc check --format`: annotations of GitHub and SARIF logs, as their readers want them; warnings and exit codes. */
import { createRequire } from 'node:module';
import { Ajv, type AnySchema } from 'ajv';
import { assert } from 'chai';
import { toGithub } from '../../grammar/report-github.ts';
import { ring, shell } from './shell.ts';

const { run, write, path } = shell();

const broken = ring.replace('dense(8) |> relu', 'dens(8) |> relu');
const odd = ring.replace('param pause', 'param spare: int = 1\nparam pause');

interface Result {
  readonly ruleId: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number; readonly startColumn: number };
      };
    },
  ];
}

/** OASIS's schema. It is of draft 4, of which it uses nothing that later drafts read otherwise but these two lines. */
function sarifSchema(): AnySchema {
  const file = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
  const whole = createRequire(import.meta.url)(file) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== '$schema' && key !== 'id'));
}

describe('ganc check --strict', () => {
  it('warnings alone end with 0, and with 1 where they are errors', async () => {
    const file = write('odd.gan', odd);
    const lenient = await run(['check', file]);
    assert.equal(lenient.code, 0);
    assert.match(lenient.err, /^warning\[GAN4004\]/);
    assert.match(
      lenient.err,
      /1 warning\. `ganc explain GAN4004` says more\.\n.*odd\.gan is fine, with 1 warning\.\n$/,
    );
    const strict = await run(['check', '--strict', file]);
    assert.equal(strict.code, 1);
    assert.match(strict.err, /^error\[GAN4004\]/);
    assert.equal((await run(['build', '--out', path('lenient'), file])).code, 0);
    assert.equal((await run(['build', '--strict', '--out', path('strict'), file])).code, 1);
    assert.equal((await run(['run', '--strict', '--steps', '0', '--out', path('run'), file])).code, 1);
  });

  it('counts both, and explains an error first', async () => {
    const both = await run(['check', write('both.gan', odd.replace('dense(8) |> relu', 'dens(8) |> relu'))]);
    assert.equal(both.code, 1);
    assert.match(both.err, /1 error, 1 warning\. `ganc explain GAN2002` says more\.\n$/);
  });
});

describe('ganc check --format', () => {
  it('json is what --json is', async () => {
    const file = write('odd.gan', odd);
    const long = await run(['check', '--format', 'json', file]);
    assert.deepEqual(await run(['check', '--json', file]), long);
    const report = JSON.parse(long.out) as { valid: boolean; warning_count: number };
    assert.isTrue(report.valid);
    assert.equal(report.warning_count, 1);
  });

  it('github: an annotation a line, at its place', async () => {
    const said = await run([
      'check',
      '--format',
      'github',
      write('odd.gan', odd),
      write('broken.gan', broken),
    ]);
    assert.equal(said.code, 1);
    assert.equal(said.err, '');
    const lines = said.out.trim().split('\n');
    assert.lengthOf(lines, 2);
    assert.match(
      lines[0],
      /^::warning file=[^:,]*odd\.gan,line=5,endLine=5,col=7,endColumn=12,title=GAN4004%3A [^:]*::nothing uses the param `spare`%0A/,
    );
    assert.match(
      lines[1],
      /^::error file=[^:,]*broken\.gan,line=10,endLine=10,col=39,endColumn=43,title=GAN2002/,
    );
    assert.equal((await run(['check', '--format', 'github', write('good.gan', ring)])).out, '');
  });

  it('github: no sign of a path or a message becomes a command', () => {
    const source = { path: 'a,b:c%\n::error::x.gan', text: 'one\ntwo' };
    const kind = { code: 'GAN9998', severity: 'warning', title: 'a: b, c', explanation: '' } as const;
    const span = { source, start: 0, end: 7 };
    const one = { ...kind, span, labels: [], what: 'one\r\n::error::two % three', hint: 'four' };
    assert.equal(
      toGithub([one], [kind]),
      '::warning file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.gan,line=1,endLine=2,title=GAN9998%3A a%3A b%2C c::one␍%0A::error::two %25 three%0Afour\n',
    );
  });

  it('sarif: valid by the schema of SARIF 2.1.0, with rules, levels, regions and relative places', async () => {
    const valid = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
      sarifSchema(),
    );
    const files = [write('odd file.gan', odd), write('broken.gan', broken), 'specs/infogan.gan'];
    const said = await run(['check', '--format', 'sarif', ...files]);
    assert.equal(said.code, 1);
    const log = JSON.parse(said.out) as {
      runs: [{ results: Result[]; tool: { driver: { rules: { id: string; help: { text: string } }[] } } }];
    };
    assert.isTrue(valid(log), JSON.stringify(valid.errors));
    assert.isFalse(valid({ ...log, version: '2.0.0' }), 'the schema is looked at');
    const [{ results, tool }] = log.runs;
    assert.deepEqual(
      results.map(({ ruleId, level }) => `${level} ${ruleId}`),
      ['warning GAN4004', 'error GAN2002'],
    );
    assert.sameMembers(
      tool.driver.rules.map(({ id }) => id),
      ['GAN4004', 'GAN2002'],
    );
    for (const { help } of tool.driver.rules) assert.isAbove(help.text.length, 40);
    const { artifactLocation, region } = results[0].locations[0].physicalLocation;
    assert.match(artifactLocation.uri, /^file:\/\/\/.*odd%20file\.gan$/);
    assert.deepInclude(region, { startLine: 5, startColumn: 7 });
    const none = JSON.parse((await run(['check', '--format', 'sarif', 'specs/infogan.gan'])).out) as {
      runs: [{ results: Result[] }];
    };
    assert.isEmpty(none.runs[0].results);
  });

  it('sarif: places inside the working directory are relative to it', async () => {
    const text = broken;
    const input = await run(['check', '--format', 'sarif', '-'], { input: async () => text });
    const [{ results }] = (JSON.parse(input.out) as { runs: [{ results: Result[] }] }).runs;
    assert.equal(results[0].locations[0].physicalLocation.artifactLocation.uri, '%3Cstdin%3E');
    const inside = await run(['check', '--format', 'sarif', 'test/cases/check/unknown-layer.gan']);
    const [found] = (JSON.parse(inside.out) as { runs: [{ results: Result[] }] }).runs;
    assert.equal(
      found.results[0].locations[0].physicalLocation.artifactLocation.uri,
      'test/cases/check/unknown-layer.gan',
    );
  });
});
