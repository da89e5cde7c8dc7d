import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { checkpoints, newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import type { Checkpoint } from '../../runtime/run/checkpoint.ts';
import type { State, Tensors } from '../../runtime/engines/engine.ts';
import { inside, openRun, RunDirectoryError } from '../../runtime/run/run-directory.ts';
import type { TrainingEvent } from '../../runtime/run/training.ts';
import { scratch } from './scratch.ts';
import { newRun, reporting, trainTiny } from './scratch-run.ts';
import { tinyEngine, tinyManifest, tinyTrainer } from './tiny.ts';

const { path } = scratch();
const newest = (run: string): Checkpoint => newestCheckpoint(inside(run).checkpoints)!;
const bits = (run: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(newest(run).values).map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer).toString('hex'),
    ]),
  );
const metrics = (run: string): string => readFileSync(inside(run).metrics, 'utf8');
const rows = (run: string): Record<string, unknown>[] =>
  metrics(run)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a run', () => {
  const whole = path('whole');

  before(async () => {
    newRun(whole);
    const { outcome } = await trainTiny(whole);
    assert.deepEqual(outcome, { kind: 'done', iteration: 40 });
  });

  it('writes each iteration and each report result into metrics.jsonl', () => {
    const lines = rows(whole);
    const iterations = lines.filter((row) => 'losses' in row).map((row) => row.iteration);
    assert.deepEqual(
      iterations,
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    assert.deepEqual(
      lines.filter((row) => 'metric' in row).map((row) => row.iteration),
      [7, 14, 21, 28, 35, 40],
    );
    assert.deepEqual(
      lines.filter((row) => 'picture' in row).map((row) => row.iteration),
      [14, 28, 40],
    );
    assert.deepEqual(lines[0].skipped, ['update_2']);
    assert.deepEqual(
      readdirSync(inside(whole).pictures),
      [14, 28, 40].map((i) => `weights-000000${i}.txt`),
    );
  });

  it('keeps the newest checkpoints and that of the best metric', async () => {
    const run = path('kept');
    newRun(run);
    const { events } = await trainTiny(run, { keep: 1 });
    const errors = events.flatMap((event) => (event.kind === 'metric' ? [event] : []));
    const best = errors.reduce((a, b) => (b.value < a.value ? b : a));
    assert.deepEqual(newest(run).best, { metric: 'error', value: best.value, iteration: best.iteration });
    const kept = checkpoints(inside(run).checkpoints).map((name) => Number(name.slice(-8)));
    assert.deepEqual(kept, [...new Set([40, best.iteration])]);
  });

  it('names that checkpoint the best which the judge of the plan prefers, and stops so long after it', async () => {
    const run = path('judged');
    newRun(run);
    const { events } = await trainTiny(run, { keep: 1, judge: { metric: 'error', better: 'higher' } });
    const errors = events.flatMap((event) => (event.kind === 'metric' ? [event] : []));
    const best = errors.reduce((a, b) => (b.value > a.value ? b : a));
    assert.deepEqual(newest(run).best, { metric: 'error', value: best.value, iteration: best.iteration });
    const other = path('impatient');
    newRun(other);
    const plan = { keep: 1, judge: { metric: 'error', better: 'higher' }, patience: 9 } as const;
    const { outcome } = await trainTiny(other, plan);
    const kept = newest(other);
    assert.deepEqual(outcome, { kind: 'done', iteration: kept.best!.iteration + 9 });
    assert.equal(kept.position.iteration, kept.best!.iteration + 9);
    assert.isBelow(kept.position.iteration, 40);
    assert.include(
      readFileSync(inside(other).log, 'utf8'),
      `error was best after iteration ${kept.best!.iteration}`,
    );
  });

  it('reports at moments too, and none is lost or doubled by a stop before it or after', async () => {
    const [{ every, items }] = reporting().reports;
    const at = [2, 12].map((count) => ({ count, unit: 'steps', of: null }) as const);
    const [metric, picture] = items;
    // The picture's own `every` takes the report's moments away, too.
    const manifest = reporting({ reports: [{ every, at, items: [metric, { ...picture, at: [at[0]] }] }] });
    for (const stops of [[], [2, 11, 12]]) {
      const run = path(`moments-${stops.length}`);
      newRun(run, manifest);
      let iteration = 0;
      const stopRequested = () => stops.includes(++iteration);
      for (const stop of [...stops, 40]) {
        const { outcome } = await trainTiny(run, {}, { stopRequested }, tinyTrainer(manifest));
        assert.equal(outcome.kind === 'stopped' || outcome.kind === 'done' ? outcome.iteration : null, stop);
      }
      const shown = (kind: string) => rows(run).flatMap((row) => (kind in row ? [row.iteration] : []));
      assert.deepEqual(shown('metric'), [2, 7, 12, 14, 21, 28, 35, 40]);
      assert.deepEqual(shown('picture'), [2, 14, 28, 40]);
    }
  });

  it('takes no metric on training rows for a judge of checkpoints', async () => {
    const run = path('remembered');
    const [{ every, items }] = reporting().reports;
    const marked = items.map((item) => (item.kind === 'metric' ? { ...item, onTraining: true } : item));
    const manifest = reporting({ reports: [{ every, items: marked }] });
    newRun(run, manifest);
    await trainTiny(run, { keep: 1 }, {}, tinyTrainer(manifest));
    assert.isNull(newest(run).best);
    assert.lengthOf(checkpoints(inside(run).checkpoints), 1);
  });

  it('writes a checkpoint each minute where no number is asked for', async () => {
    const run = path('minutes');
    newRun(run, tinyManifest());
    const saved: number[] = [];
    let clock = 0;
    const emit = (event: TrainingEvent): void => {
      if (event.kind === 'iteration') clock += 10_000;
      if (event.kind === 'checkpoint') saved.push(event.iteration);
    };
    await trainTiny(run, { checkpointEvery: null }, { now: () => clock, emit }, tinyTrainer());
    assert.deepEqual(saved, [7, 14, 21, 28, 35, 40]);
  });

  it('stops after the iteration when asked, with a checkpoint, and goes on as if it had not', async () => {
    const run = path('stopped');
    newRun(run);
    let asked = 0;
    const { outcome } = await trainTiny(run, {}, { stopRequested: () => ++asked === 12 });
    assert.deepEqual(outcome, { kind: 'stopped', iteration: 12 });
    assert.equal(newest(run).position.iteration, 12);
    const { events } = await trainTiny(run);
    assert.deepEqual(events[0], { kind: 'log', text: 'resumed after iteration 12' });
    assert.deepEqual(bits(run), bits(whole));
    assert.equal(metrics(run), metrics(whole));
  });

  it('cut and lengthened is the run that was never cut', async () => {
    const run = path('cut');
    newRun(run);
    await trainTiny(run, { stop: 13 });
    await trainTiny(run, { stop: 27 });
    await trainTiny(run, { stop: 40 });
    assert.deepEqual(bits(run), bits(whole));
    assert.deepEqual(newest(run).applied, newest(whole).applied);
  });

  it('resumes from the newest whole checkpoint, past one that is damaged or half-written', async () => {
    const run = path('damaged');
    newRun(run);
    await trainTiny(run, { stop: 30 });
    const folder = inside(run).checkpoints;
    const [last, previous] = checkpoints(folder);
    const file = join(last, 'state.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(file, bytes);
    mkdirSync(join(folder, '.unfinished-99-step-00000031'));
    assert.equal(newest(run).path, previous);
    await trainTiny(run);
    assert.deepEqual(bits(run), bits(whole));
    assert.equal(metrics(run), metrics(whole));
    assert.isFalse(readdirSync(folder).some((name) => name.startsWith('.')));
  });

  it('fails on a loss that is no number, and keeps the last good checkpoint', async () => {
    const run = path('diverged');
    const manifest = reporting();
    newRun(run, manifest);
    const scalar = (value: number) => ({ shape: [], data: new Float32Array(2).fill(value) });
    let runs = 0;
    const fit = () => {
      const value = ++runs === 14 ? Infinity : 1;
      return {
        "L.w'": scalar(1),
        "L.b'": { shape: [], data: new Float32Array(1) },
        "update_1.L.w.m'": scalar(0),
        fit: scalar(value),
        goal: scalar(1),
      };
    };
    const count = () => ({
      "C.seen'": { shape: [], data: new Float32Array(1) },
      fit: scalar(1),
      applied: scalar(1),
    });
    const { outcome } = await trainTiny(run, {}, {}, tinyTrainer(manifest, 1, tinyEngine({ fit, count })));
    assert(outcome.kind === 'failed');
    assert.equal(
      outcome.reason,
      'training failed: in iteration 14, the loss fit of update_1 became Infinity; all weights are finite, so the loss itself overflowed; the checkpoint of iteration 10 is kept',
    );
    assert.equal(newest(run).position.iteration, 10);
    assert.include(readFileSync(inside(run).log, 'utf8'), outcome.reason);
  });

  it('says in its log what the engine remarks, once', async () => {
    const run = path('remarked');
    newRun(run);
    const remarks: string[] = [];
    const inner = tinyEngine();
    const engine = {
      ...inner,
      remarks: () => remarks,
      async start(values: Tensors) {
        const state = await inner.start(values);
        const step: State['step'] = (graph, feeds) => {
          if (remarks.length < 1) remarks.push(`${graph}: left to the CPU: Sum`);
          return state.step(graph, feeds);
        };
        return { ...state, step };
      },
    };
    await trainTiny(run, { stop: 9 }, {}, tinyTrainer(reporting(), 1, engine));
    assert.lengthOf(readFileSync(inside(run).log, 'utf8').match(/^fit: left to the CPU: Sum$/gm)!, 1);
  });

  it('saves no weights that are not finite', async () => {
    const run = path('unsaved');
    newRun(run, tinyManifest());
    const nan = (size: number) => ({ shape: [], data: new Float32Array(size).fill(NaN) });
    const one = { shape: [], data: Float32Array.of(1) };
    const fit = () => ({ "L.w'": nan(2), "L.b'": one, "update_1.L.w.m'": nan(2), fit: one, goal: one });
    const count = () => ({ "C.seen'": one, fit: one, applied: one });
    const trainer = tinyTrainer(tinyManifest(), 1, tinyEngine({ fit, count }));
    const { outcome } = await trainTiny(run, {}, {}, trainer);
    assert(outcome.kind === 'failed');
    assert.match(
      outcome.reason,
      /after iteration 5, the weights of L are not finite; no checkpoint was written yet/,
    );
    assert.isNull(newestCheckpoint(inside(run).checkpoints));
  });

  it('comes into being whole, under a name of its own', () => {
    assert.throws(
      () => newRun(whole),
      RunDirectoryError,
      /already holds something: choose another --out, or --resume/,
    );
    assert.deepEqual(openRun(whole).manifest, reporting());
    assert.throws(() => openRun(path('nowhere')), RunDirectoryError, /does not exist/);
    mkdirSync(path('empty'));
    assert.throws(() => openRun(path('empty')), RunDirectoryError, /is not a run directory/);
    newRun(path('empty'));
    assert.equal(openRun(path('empty')).info.seed, 1);
    rmSync(join(path('empty'), 'program'), { recursive: true });
    assert.throws(() => openRun(path('empty')), RunDirectoryError);
    assert.isTrue(existsSync(inside(whole).spec));
  });
});

describe('a run that is killed', () => {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url));

  /** Runs the child; kills it so many milliseconds after it began to train. Whether it came to its end. */
  const child = (run: string, stop: number, kill: number | null): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const process = spawn(globalThis.process.execPath, ['--import', 'tsx', script, run, String(stop)]);
      const errors: Buffer[] = [];
      process.stderr.on('data', (data: Buffer) => errors.push(data));
      process.stdout.once('data', () => kill !== null && setTimeout(() => process.kill('SIGKILL'), kill));
      process.on('exit', (code, signal) => {
        if (code === 0 || signal === 'SIGKILL') resolve(code === 0);
        else reject(new Error(Buffer.concat(errors).toString()));
      });
    });

  it('ends with the same weights and metrics, to the bit, as the run that was left alone', async () => {
    const stop = 400;
    const [alone, killed] = [path('alone'), path('killed')];
    for (const run of [alone, killed]) newRun(run);
    await trainTiny(alone, { stop, checkpointEvery: 3 });
    let kills = 0;
    for (let kill = 1; kills < 4; kill = (kill * 7 + 13) % 61) {
      if (await child(killed, stop, kill)) break;
      kills++;
      assert.doesNotThrow(() => openRun(killed));
    }
    assert.isAbove(kills, 2, 'it was never killed in time');
    assert.isTrue(await child(killed, stop, null));
    assert.deepEqual(bits(killed), bits(alone));
    assert.equal(metrics(killed), metrics(alone));
  });
});
