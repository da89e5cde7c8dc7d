/** `ganc` as a process of its own, that signals reach. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { events, ring, shell } from './shell.ts';

const { run, write, path, read, weights } = shell();

const dots = `gan Dots
sample z ~ normal[2]
network G(z: vec[2]) -> image[1, 2, 2] in [0, 1] { z |> dense(4) |> sigmoid |> reshape(1, 2, 2) }
train for 1 steps, batch 2 { update G to minimize mean(square(G(z) - 0.5)) with sgd(0.1) }
report every 1 steps { picture dots = grid(G(z)) }
`;

describe('the ganc process', () => {
  const bin = fileURLToPath(new URL('../../bin/ganc.js', import.meta.url));
  const start = (args: string[]) =>
    spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

  /** Resolves when the process has ended and all that it wrote was read; `told` hears each line's kind as it comes. */
  const ended = (child: ReturnType<typeof start>, told: (kind: string, nth: number) => void) => {
    let out = '';
    const counts = new Map<string, number>();
    createInterface(child.stdout).on('line', (line) => {
      out += `${line}\n`;
      // The last line of a killed process may be cut.
      const kind = /"kind":"(\w+)"/.exec(line)?.[1] ?? '';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      told(kind, counts.get(kind)!);
    });
    return new Promise<{ code: number | null; out: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, out })),
    );
  };

  it('has onnxruntime tell nobody of what is run', () => {
    write('ring.gan', ring);
    const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...env } = process.env;
    const args = [bin, 'run', path('ring.gan'), '--out', path('untold'), '--steps', '2', '--threads', '1'];
    const { status } = spawnSync(process.execPath, args, { env: { ...env, HOME: path('home') } });
    assert.equal(status, 0);
    // Where it keeps its number for the device, and what it has not told yet.
    assert.isFalse(existsSync(path('home/.cache/Microsoft')));
  });

  it('killed with -9 leaves a run that ends with the same weights', async () => {
    write('ring.gan', ring);
    const common = ['--threads', '1', '--json', '--checkpoint-every', '50', '--set', 'pause=1000'];
    // It would run for hours: however late it is killed, it is not over. The runs compared end where it came to.
    const child = start(['run', path('ring.gan'), '--out', path('killed'), '--steps', '10000000', ...common]);
    await ended(child, (kind, nth) => kind === 'checkpoint' && nth === 2 && child.kill('SIGKILL'));
    const reached = newestCheckpoint(inside(path('killed')).checkpoints)!.position.iteration;
    const until = String(reached + 75);
    const resumed = await run(['run', '--resume', path('killed'), '--steps', until, '--quiet']);
    assert.equal(resumed.code, 0, resumed.err);
    const alone = await run(['run', path('ring.gan'), '--out', path('alone'), '--steps', until, ...common]);
    assert.equal(alone.code, 0, alone.err);
    assert.deepEqual(weights('killed'), weights('alone'));
    assert.equal(read('killed/metrics.jsonl'), read('alone/metrics.jsonl'));
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`stops at ${signal} with a checkpoint and exit code 130`, async () => {
      write('ring.gan', ring);
      const common = ['--steps', '10000000', '--json'];
      const out = path(`stopped-${signal}`);
      const child = start(['run', path('ring.gan'), '--out', out, ...common]);
      // Once: a second would end it at once, whether it has saved or not.
      const interrupt = (kind: string, nth: number) =>
        kind === 'iteration' && nth === 1 && child.kill(signal);
      const { code, out: said } = await ended(child, interrupt);
      assert.equal(code, 130);
      const last = events(said).at(-1) as unknown as { kind: string; iteration: number };
      assert.equal(last.kind, 'stopped');
      const { position } = newestCheckpoint(inside(out).checkpoints)!;
      assert.equal(position.iteration, last.iteration);
    });

  const hasTerminals =
    process.platform === 'linux' && spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
  (hasTerminals ? it : it.skip)('saves when its terminal is closed', async () => {
    write('ring.gan', ring);
    const out = path('closed');
    const command = [process.execPath, bin, 'run', path('ring.gan'), '--out', out, '--steps', '500000'];
    const terminal = spawn('script', ['-qefc', command.join(' '), '/dev/null'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // The bar with its first iterations; what holds the terminal then dies, and the terminal with it.
    let shown = '';
    terminal.stdout.on('data', (text: Buffer) => {
      shown += text.toString();
      if (/\d\/500000/.test(shown)) terminal.kill('SIGKILL');
    });
    await new Promise((resolve) => terminal.on('close', resolve));
    const { log, checkpoints } = inside(out);
    let told: RegExpExecArray | null = null;
    while ((told = /stopped after iteration (\d+), as asked/.exec(readFileSync(log, 'utf8'))) === null)
      await setTimeout(50);
    assert.equal(newestCheckpoint(checkpoints)!.position.iteration, Number(told[1]));
  });

  it('ends at once at a second SIGINT', async () => {
    write('ring.gan', ring);
    const child = start(['run', path('ring.gan'), '--out', path('twice'), '--steps', '10000000', '--json']);
    const signal = await new Promise((resolve) => {
      child.stdout.on('data', () => child.kill('SIGINT'));
      child.stderr.on('data', () => child.kill('SIGINT'));
      child.on('exit', (code, by) => resolve(by ?? code));
    });
    // Both are what a shell calls 130: by the second signal, or done with the first before it came.
    assert.include(['SIGINT', 130], signal);
  });

  it('takes away what it was making where a signal ends it', async () => {
    write('dots.gan', dots);
    const made = await run(['run', path('dots.gan'), '--out', path('made'), '--threads', '1', '--quiet']);
    assert.equal(made.code, 0, made.err);
    const out = path('samples-of-days');
    const halfMade = () => readdirSync(path('.')).filter((name) => name.endsWith('samples-of-days'));
    const many = ['--count', '10000000', '--out', `${out}/`];
    const child = start(['sample', path('made'), 'dots', ...many]);
    const over = new Promise((resolve) => child.on('exit', (code, by) => resolve(by ?? code)));
    while (halfMade().length === 0 && child.exitCode === null) await setTimeout(20);
    child.kill('SIGTERM');
    assert.equal(await over, 'SIGTERM');
    assert.deepEqual(halfMade(), []);
  });

  const full = existsSync('/dev/full');
  (full ? it : it.skip)('says that its output is on a full disk; a run goes on, and saves', async () => {
    write('ring.gan', ring);
    const out = path('told-nobody');
    for (const [code, args] of [
      [2, ['fmt', path('ring.gan')]],
      [2, ['run', path('ring.gan'), '--out', out, '--threads', '1', '--json']],
    ] as const) {
      const told = openSync('/dev/full', 'w');
      const child = spawnSync(process.execPath, [bin, ...args], { stdio: ['ignore', told, 'pipe'] });
      closeSync(told);
      assert.equal(String(child.stderr), 'error: the standard output: the disk is full\n');
      assert.equal(child.status, code);
    }
    assert.equal(newestCheckpoint(inside(out).checkpoints)!.position.iteration, 30);
  });

  it('finds its packages also when its code comes from the cache', async () => {
    write('ring.gan', ring);
    const made = await run(['run', path('ring.gan'), '--out', path('cached'), '--steps', '2', '--quiet']);
    assert.equal(made.code, 0, made.err);
    // The first process writes the cache, the second runs from it: the layout of pictures, then the engine.
    for (const args of [
      ['graph', path('ring.gan')],
      ['sample', path('cached'), '--out', path('points.png')],
    ])
      for (const _ of ['first', 'second']) {
        const { code } = await ended(start(args), () => undefined);
        assert.equal(code, 0, args.join(' '));
      }
  });
});
