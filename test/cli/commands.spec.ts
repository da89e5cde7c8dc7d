import { existsSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { assert } from 'chai';
import { headings } from '../../cli/manual.ts';
import { contextualWords, declarationWords, statementWords } from '../../grammar/tokens.ts';
import type { GraphEntry } from '../../program/manifest.ts';
import { graphFiles } from '../../runtime/run/resume.ts';
import { ring, shell } from './shell.ts';

const { run, write, path, read } = shell();

describe('ganc', () => {
  it('says what it can do, and what was meant', async () => {
    const help = await run([]);
    assert.equal(help.code, 0);
    for (const name of ['check', 'build', 'run', 'sample', 'fmt', 'init', 'doctor', 'setup', 'explain'])
      assert.include(help.out, `  ${name} `);
    const typo = await run(['rnu']);
    assert.equal(typo.code, 2);
    assert.equal(typo.err, "error: unknown command 'rnu'\n(Did you mean run?)\n");
  });

  it('refuses arguments that make no sense, with exit code 2 and one sentence', async () => {
    const cases: [string[], RegExp][] = [
      [['check'], /missing required argument 'files'/],
      [['run'], /which spec\? `ganc run FILE`/],
      [['run', 'x.gan', '--steps', '1.5'], /It takes a whole number from 0/],
      [['run', 'x.gan', '--set', 'width'], /It takes name=value/],
      [['run', 'x.gan', '--steps', '1', '--epochs', '1'], /cannot be used with/],
      [['run', '--resume', path('nowhere')], /nowhere does not exist/],
      [['fmt', '--wirte', 'x.gan'], /Did you mean --write\?/],
      [['build', path('.')], /is a folder/],
      [['sample', path('.')], /is not a run directory/],
      [['explain', 'GAN9999'], /nothing is called GAN9999/],
      [
        ['graph', 'x.gan', '--out', 'x.png'],
        /x\.png: a graph is written as svg, .*, mermaid: choose such an ending/,
      ],
      [['setup', 'pytorch'], /Allowed choices are tensorflow/],
    ];
    for (const [args, message] of cases) {
      const said = await run(args);
      assert.equal(said.code, 2, args.join(' '));
      assert.match(said.err, message);
      assert.match(said.err, /^error: /);
      assert.equal(said.out, '');
    }
  });

  it('finds the file that was meant', async () => {
    write('infogan.gan', ring);
    const { code, err } = await run(['check', path('infogna.gan')]);
    assert.equal(code, 2);
    assert.equal(
      err,
      `error: ${path('infogna.gan')}: there is no such file; did you mean ${path('infogan.gan')}?\n`,
    );
  });
});

describe('ganc check', () => {
  it('is content with a good spec, and says every mistake of a bad one', async () => {
    const good = await run(['check', write('good.gan', ring)]);
    assert.deepEqual(good, { code: 0, out: '', err: `${path('good.gan')} is fine.\n` });
    assert.deepEqual(await run(['check', '--quiet', path('good.gan')]), { code: 0, out: '', err: '' });
    const bad = write(
      'bad.gan',
      ring.replace('dense(8) |> relu', 'dens(8) |> relu').replace('with adam(rate)', 'with adm(rate)'),
    );
    const { code, out, err } = await run(['check', bad]);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /bad\.gan:10:/);
    assert.match(err, /bad\.gan:21:/);
    assert.match(err, /2 errors\. `ganc explain GAN\d+` says more\.\n$/);
  });

  it('takes no number that a machine has no use for', async () => {
    for (const [args, message] of [
      [['run', 'x.gan', '--threads', '100000'], /--threads <n>' .* It takes a whole number from 1 to 1024\./],
      [['view', '--port', '65536'], /--port <n>' .* It takes a whole number from 1 to 65535\./],
    ] as const) {
      const { code, err } = await run([...args]);
      assert.equal(code, 2);
      assert.match(err, message);
    }
  });

  it('gives JSON on the data side', async () => {
    const bad = await run(['check', '--json', write('bad.gan', ring.replace('dense(8)', 'dens(8)'))]);
    const report = JSON.parse(bad.out) as {
      valid: boolean;
      error_count: number;
      diagnostics: { span: { path: string } }[];
    };
    assert.equal(bad.code, 1);
    assert.equal(bad.err, '');
    assert.isFalse(report.valid);
    assert.equal(report.error_count, report.diagnostics.length);
    assert.equal(report.diagnostics[0].span.path, path('bad.gan'));
    const good = await run(['check', '--json', write('good.gan', ring)]);
    assert.equal(good.code, 0);
    assert.isTrue((JSON.parse(good.out) as { valid: boolean }).valid);
  });

  it('reads imports beside the file, params from outside, and the standard input', async () => {
    write('part.gan', 'fn twice(x) = 2 * x\n');
    const whole = write(
      'whole.gan',
      ring.replace(
        'loss generator_loss = game.generator',
        'import "part.gan"\nloss generator_loss = twice(game.generator)',
      ),
    );
    assert.equal((await run(['check', whole])).code, 0);
    assert.equal((await run(['check', whole, '--set', 'rate=0.5'])).code, 0);
    const wrong = await run(['check', whole, '--set', 'rte=0.5']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /rate/);
    assert.equal((await run(['check', '-'], { input: async () => ring })).code, 0);
    assert.equal((await run(['check', '-'], { input: async () => 'gan {' })).code, 1);
  });
});

describe('ganc fmt', () => {
  const untidy = ring.replace('network D(x: vec[2])', 'network   D( x : vec[2] )');

  it('prints the spec in its layout, again the same', async () => {
    const once = await run(['fmt', write('untidy.gan', untidy)]);
    assert.equal(once.code, 0);
    assert.include(once.out, 'network D(x: vec[2]) -> logit');
    assert.equal((await run(['fmt', '-'], { input: async () => once.out })).out, once.out);
    assert.equal(read('untidy.gan'), untidy);
  });

  it('checks, and writes in place', async () => {
    const file = write('untidy.gan', untidy);
    const unformatted = await run(['fmt', '--check', file]);
    assert.equal(unformatted.code, 1);
    assert.match(unformatted.err, /is not formatted: `ganc fmt --write/);
    assert.equal((await run(['fmt', '--write', file])).code, 0);
    assert.equal((await run(['fmt', '--check', file])).code, 0);
    assert.notEqual(read('untidy.gan'), untidy);
  });

  it('writes through a link in place', async () => {
    const link = path('link.gan');
    symlinkSync(write('linked.gan', untidy), link);
    assert.equal((await run(['fmt', '--write', link])).code, 0);
    assert.isTrue(lstatSync(link).isSymbolicLink());
    assert.notEqual(read('linked.gan'), untidy);
  });

  it('upgrades the words of a spec: says which, checks, writes, and lays out only what was laid out', async () => {
    const tidy = (await run(['fmt', write('tidy.gan', ring)])).out;
    const old = (text: string): string =>
      text.replaceAll('game.discriminator', 'game.judge').replaceAll('game.generator', 'game.fool');
    const file = write('old.gan', old(tidy));
    const checked = await run(['fmt', '--upgrade', '--check', file]);
    assert.equal(checked.code, 1);
    assert.match(checked.err, /old\.gan:\d+: judge → discriminator\n/);
    assert.match(checked.err, /has words of an earlier version: `ganc fmt --upgrade --write/);
    assert.equal(read('old.gan'), old(tidy));
    assert.equal((await run(['fmt', '--upgrade', '--write', file])).code, 0);
    assert.equal(read('old.gan'), tidy);
    const again = await run(['fmt', '--upgrade', '--check', file]);
    assert.deepEqual([again.code, again.err], [0, '']);
    const kept = await run(['fmt', '--upgrade', write('untidy.gan', old(untidy))]);
    assert.equal(kept.out, untidy);
  });

  it('leaves a broken spec alone', async () => {
    const file = write('broken.gan', 'gan {');
    const { code, err, out } = await run(['fmt', '--write', file]);
    assert.equal(code, 1);
    assert.match(err, /GAN1/);
    assert.equal(out, '');
    assert.equal(read('broken.gan'), 'gan {');
  });
});

describe('ganc init, build, doctor and explain', () => {
  it('writes a spec to start from: checked, formatted, named after its file, never over another', async () => {
    assert.equal((await run(['init', path('my-first')])).code, 0);
    assert.include(read('my-first.gan'), 'gan MyFirst\n');
    assert.equal((await run(['check', path('my-first.gan')])).code, 0);
    assert.equal((await run(['fmt', '--check', path('my-first.gan')])).code, 0);
    const again = await run(['init', path('my-first.gan')]);
    assert.equal(again.code, 2);
    assert.match(again.err, /is there already/);
  });

  it('builds a folder, again over itself, and never over something else', async () => {
    const file = write('ring.gan', ring);
    const built = await run(['build', file, '--out', path('program')]);
    assert.equal(built.code, 0);
    const manifest = JSON.parse(read('program/manifest.json')) as {
      name: string;
      graphs: Record<string, GraphEntry>;
    };
    assert.equal(manifest.name, 'Ring');
    for (const file of Object.values(manifest.graphs).flatMap(graphFiles))
      assert.isAbove(read(`program/${file}`).length, 100);
    assert.equal((await run(['build', file, '--out', path('program')])).code, 0);
    const refused = await run(['build', file, '--out', path('.')]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /holds something else than a program/);
  });

  it("builds over no folder with another's manifest.json, and over no runs of the program there", async () => {
    const file = write('ring.gan', ring);
    mkdirSync(path('extension'));
    const other = write('extension/manifest.json', '{ "name": "my extension", "manifest_version": 3 }');
    const refused = await run(['build', file, '--out', path('extension')]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /holds something else than a program/);
    assert.isTrue(existsSync(other));
    assert.equal((await run(['build', file, '--out', path('used')])).code, 0);
    mkdirSync(path('used/runs/ring-1'), { recursive: true });
    const kept = await run(['build', file, '--out', path('used')]);
    assert.equal(kept.code, 2);
    assert.include(kept.err, `${path('used/runs')} lies in the program`);
    assert.isTrue(existsSync(path('used/runs/ring-1')));
  });

  it('prints what a pass of the compiler made', async () => {
    const file = write('ring.gan', ring);
    const plan = await run(['build', file, '--dump', 'schedule']);
    assert.equal(plan.code, 0);
    assert.include(plan.out, 'step_1');
    const typo = await run(['build', file, '--dump', 'shedule']);
    assert.equal(typo.code, 2);
    assert.match(typo.err, /did you mean schedule\?/);
  });

  it('says what this machine has', async () => {
    const { code, out } = await run(['doctor', '--json']);
    assert.equal(code, 0);
    const findings = JSON.parse(out) as { what: string; fine: boolean }[];
    assert.deepEqual(
      [...new Set(findings.map(({ what }) => what))].filter((what) => what !== 'cuda'),
      ['node', 'onnx', 'webgpu', 'nvidia', 'torch', 'tensorflow', 'auto', 'threads', 'memory', 'data'],
    );
    assert.match((await run(['doctor'])).out, /^ok +node/);
  });

  it('explains codes and vocabulary', async () => {
    assert.match(
      (await run(['explain', 'gan3003'])).out,
      /^GAN3003: kind that does not fit\n\n.*losses take logits, a probability never becomes one/,
    );
    assert.match((await run(['explain', 'matched_accuracy'])).out, /guess: value/);
    assert.match((await run(['explain', 'gradient_penalty'])).out, /arXiv:1704.00028[^]*fn gradient_penalty/);
    assert.match((await run(['explain', 'layers'])).out, /^dense /m);
    assert.match((await run(['explain'])).out, /^GAN1001 {2}/);
    assert.match((await run(['explain', 'matched_acuracy'])).err, /did you mean matched_accuracy\?/);
  });

  it('explains every word of the language by the manual', async () => {
    for (const word of [...declarationWords, ...statementWords, ...contextualWords, ...Object.keys(headings)])
      assert.match((await run(['explain', word])).out, /\(docs\/language\.md, "[^"]+"\)\n\n[^]{80,}/, word);
    const { out } = await run(['explain', 'update']);
    assert.include(out, 'update G to minimize generator_loss with adam(2e-4)');
    assert.notMatch(out, /```|\]\(/);
    assert.match((await run(['explain', 'updaet'])).err, /did you mean update\?/);
  });
});
