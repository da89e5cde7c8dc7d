/**
 * How a program of the target torch is started to train by itself (ganc_torch/train.py), by one process or by as many as
 * torchrun starts. In: places and options; out: the process, and what its end means in words.
 */
import { join } from 'node:path';
import { startPython, type Pipe } from './pipe.ts';

export interface Launch {
  readonly python: string;
  /** The program's folder, the run directory and the rows: absolute paths. */
  readonly program: string;
  readonly run: string;
  readonly data: string | null;
  readonly device: string;
  readonly threads: number;
  readonly processes: number;
  readonly steps: number | null;
  readonly epochs: number | null;
  readonly checkpointEvery: number | null;
  readonly keep: number;
  readonly lenient: boolean;
  /** Milliseconds between two words about iterations. */
  readonly pause: number;
  /** Around which iterations the state is looked at: one, and each so many; null: never. */
  readonly looks: readonly [first: number, each: number] | null;
}

export function launch(given: Launch): Pipe {
  const { python, program, processes } = given;
  const threads = Math.max(1, Math.floor(given.threads / processes));
  const ranks = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(processes)];
  const started = [...(processes > 1 ? ranks : []), join(program, 'train.py'), ...options(given, threads)];
  return startPython(python, started, program, processes > 1 ? { OMP_NUM_THREADS: String(threads) } : {});
}

function options(given: Launch, threads: number): string[] {
  const { run, data, device, steps, epochs, checkpointEvery, keep, lenient, pause, looks } = given;
  const option = (name: string, value: string | number | null): string[] =>
    value === null ? [] : [name, String(value)];
  return [
    ...['--for-ganc', '--resume', run],
    ...option('--pause', pause / 1000),
    ...option('--data', data),
    ...option('--device', device),
    ...option('--threads', threads),
    ...option('--steps', steps),
    ...option('--epochs', epochs),
    ...option('--checkpoint-every', checkpointEvery),
    ...option('--keep', keep),
    ...(lenient ? ['--lenient'] : []),
    ...(looks === null ? [] : ['--looks', ...looks.map(String)]),
  ];
}

/** Which process ended first, as torchrun tells it on the error output: `process 2 was killed by signal 9`; null: it doesn't. */
export function lostProcess(complaints: string): string | null {
  const cause = complaints.slice(complaints.lastIndexOf('Root Cause'));
  const found = /\brank\s*:\s*(\d+)[\s\S]*?\bexitcode\s*:\s*(-?\d+)/.exec(cause);
  if (found === null) return null;
  const [, rank, code] = found;
  const how = code.startsWith('-') ? `was killed by signal ${code.slice(1)}` : `ended with code ${code}`;
  return `process ${rank} ${how}`;
}
