/**
 * Runs that are killed with -9, resumed and compared. In: a spec, a target and moments; out: how each kill fell, or an
 * assertion that fails where the resumed run is not, to the bit, the run that was left alone. Each run is a process of
 * its own; when it dies is decided by what it has come to, never by whether it is over in time: a killed run has no end,
 * and the one left alone ends where the killed one came to.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert } from 'chai';
import { checkpointPath, isWhole, newestCheckpoint, readCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { root } from '../parity/host.ts';

/** When a process dies: so many milliseconds after it began, after its first iteration, or after it began to write its nth checkpoint. */
export type Moment =
  | { readonly at: 'start' | 'iteration'; readonly after: number }
  | { readonly at: 'write'; readonly nth: number; readonly after: number };

export interface Subject {
  /** From the repository's root. */
  readonly spec: string;
  readonly target: 'onnx' | 'tfjs' | 'torch';
  readonly options: readonly string[];
}

/** How a kill fell: `write`: a checkpoint lay half-written; `empty`: no run directory was there yet. */
export type Fell = 'write' | 'training' | 'empty';

/** So far that nothing reaches it. */
const never = '1000000000';

/** Milliseconds, without giving the processor away: a timer is too coarse to meet a write. */
function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

const ganc = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [join(root, 'bin/ganc.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });

const unfinished = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.includes('.unfinished-'),
      )
    : [];

/** Runs `ganc ARGS` until the moment. Fails if the process ends by itself. */
async function kill(
  run: string,
  args: readonly string[],
  moment: Moment,
  env: NodeJS.ProcessEnv,
): Promise<Fell> {
  const child = ganc(args, env);
  const die = (): void => void child.kill('SIGKILL');
  const errors: Buffer[] = [];
  child.stderr.on('data', (data: Buffer) => errors.push(data));
  const timers: NodeJS.Timeout[] = [];
  const closing: (() => void)[] = [];
  if (moment.at === 'start') timers.push(setTimeout(die, moment.after));
  let iterated = false;
  const { checkpoints } = inside(run);
  createInterface(child.stdout).on('line', (line) => {
    if (moment.at === 'write' && line.includes('"kind":"run"'))
      closing.push(onWrite(checkpoints, moment, die));
    if (moment.at !== 'iteration' || iterated || !line.includes('"kind":"iteration"')) return;
    iterated = true;
    timers.push(setTimeout(die, moment.after));
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  timers.forEach(clearTimeout);
  closing.forEach((close) => close());
  assert.equal(signal, 'SIGKILL', `${args.join(' ')}: ${Buffer.concat(errors).toString()}`);
  if (!existsSync(run)) return 'empty';
  return unfinished(checkpoints).length > 0 ? 'write' : 'training';
}

/** Calls `die` in the nth write of a checkpoint. */
function onWrite(folder: string, { nth, after }: Moment & { at: 'write' }, die: () => void): () => void {
  const seen = new Set<string>();
  const watcher = watch(folder, (_, name) => {
    if (!name?.startsWith('.unfinished-') || seen.has(name)) return;
    seen.add(name);
    if (seen.size !== nth) return;
    spin(after);
    die();
  });
  return () => watcher.close();
}

/** Goes on past this iteration, and is stopped as a person would: reports that only an end makes take long, and tell nothing here. */
async function stoppedAfter(
  iteration: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const child = ganc([...args, '--steps', never, '--keep', '500', '--json'], env);
  const errors: Buffer[] = [];
  child.stderr.on('data', (data: Buffer) => errors.push(data));
  let asked = false;
  createInterface(child.stdout).on('line', (line) => {
    const [, saved] = /"kind":"checkpoint","iteration":(\d+)/.exec(line) ?? [];
    if (asked || saved === undefined || Number(saved) < iteration) return;
    asked = child.kill('SIGTERM');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 130, `${args.join(' ')}: ${Buffer.concat(errors).toString()}`);
}

/**
 * Kills a run of the subject at each of the moments, resuming in between; then goes on a little, and runs another without
 * a kill as far, in `folder`. Fails where weights, moments, metrics.jsonl or the names of pictures and sounds differ, or
 * anything half-written is left.
 */
export async function killed(
  { spec, target, options }: Subject,
  moments: readonly Moment[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Fell[]> {
  const [run, alone] = [join(folder, 'killed'), join(folder, 'alone')];
  const start = [
    'run',
    join(root, spec),
    ...options,
    '--target',
    target,
    '--device',
    'cpu',
    '--threads',
    '1',
  ];
  const often = ['--checkpoint-every', '1', '--no-report'];
  const begin = (out: string): string[] => [...start, ...often, '--out', out];
  const goOn = (): string[] => (existsSync(run) ? ['run', '--resume', run, ...often] : begin(run));
  const reached = (): number => newestCheckpoint(inside(run).checkpoints)?.position.iteration ?? 0;
  const fell: Fell[] = [];
  let least = 0;
  for (const moment of moments) {
    fell.push(await kill(run, [...goOn(), '--steps', never, '--json'], moment, env));
    assert.isAtLeast(reached(), least, 'it went on from an earlier place');
    least = reached();
  }
  await stoppedAfter(least + 3, goOn(), env);
  await stoppedAfter(least + 3, begin(alone), env);
  same(run, alone, least + 3);
  return fell;
}

/** Both runs have come past this iteration. */
function same(run: string, alone: string, iteration: number): void {
  const at = (place: string): string => checkpointPath(inside(place).checkpoints, iteration);
  const found = readCheckpoint(at(run));
  assert(isWhole(found), JSON.stringify(found));
  // It holds the checksum of all weights and moments, how often each update was applied, the place in the data.
  const progress = (place: string): string => readFileSync(join(at(place), 'checkpoint.json'), 'utf8');
  assert.equal(progress(run), progress(alone), `after ${iteration} iterations`);
  const lines = (place: string): Buffer =>
    readFileSync(inside(place).metrics).subarray(0, found.metricsBytes);
  assert.isTrue(lines(run).equals(lines(alone)), `metrics.jsonl differs within ${iteration} iterations`);
  for (const medium of ['pictures', 'sounds'])
    assert.deepEqual(made(join(run, medium), iteration), made(join(alone, medium), iteration), medium);
  assert.isEmpty(unfinished(run));
}

/** Files of a report, of this iteration at the latest. */
const made = (folder: string, iteration: number): string[] =>
  (existsSync(folder) ? readdirSync(folder).sort() : []).filter(
    (name) => Number(/-(\d{8})[.-]/.exec(name)?.[1]) <= iteration,
  );
