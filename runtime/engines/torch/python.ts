/**
 * Which Python has PyTorch here. In: GANC_PYTHON, else the one that `ganc setup torch` made or was given, else `python3` on
 * the PATH; out: that interpreter, if it loads PyTorch, with its version and cards. Loading it takes seconds, so it is asked
 * once.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../cache.ts';
import { EngineError } from '../engine.ts';

export interface PythonFound {
  readonly python: string;
  /** Of PyTorch: `2.8.0+cpu`. */
  readonly version: string;
  /** Names of CUDA devices; the processor, where there is none, does the work. */
  readonly cards: readonly string[];
}

/** What a small training step takes, in milliseconds; null: no card. */
export interface Timed extends PythonFound {
  readonly cpu: number;
  readonly card: number | null;
}

const question = `import json, torch
cards = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
told = {'version': torch.__version__, 'cards': cards}
`;

/** A small convolutional network, forward and backward, some times: long enough to tell a card from a processor. */
const trial = `import statistics, time
def step(device):
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 32, 5), torch.nn.ReLU(), torch.nn.Conv2d(32, 32, 5), torch.nn.Flatten(), torch.nn.LazyLinear(10)).to(device)
    x, times = torch.randn(64, 1, 28, 28, device=device), []
    for _ in range(6):
        began = time.perf_counter()
        net(x).square().mean().backward()
        if device == 'cuda': torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times[1:])
told['cpu'] = step('cpu')
told['card'] = step('cuda') if cards else None
`;

const answer = 'print(json.dumps(told))';

/** What this interpreter has; a sentence where it has no PyTorch that will do. */
export const askPython = (python: string): Promise<PythonFound | string> =>
  ask<PythonFound>(python, question + answer);

/** The same, with a small timed test. */
export const tryPython = (python: string): Promise<Timed | string> =>
  ask<Timed>(python, question + trial + answer);

async function ask<T extends PythonFound>(python: string, script: string): Promise<T | string> {
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', script], { timeout: 120_000 });
    const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as Omit<T, 'python'>;
    const [major, minor] = told.version.split('.').map(Number);
    if (major < 2 || (major === 2 && minor < 4))
      return `${python} has PyTorch ${told.version}; ganc needs 2.4 or newer`;
    return { python, ...told } as T;
  } catch (error) {
    const {
      code,
      killed,
      stderr = '',
      message,
    } = error as {
      code?: string;
      killed?: boolean;
      stderr?: string;
      message: string;
    };
    if (code === 'ENOENT') return `there is no ${python}`;
    if (killed === true) return `${python} did not load PyTorch within two minutes`;
    return `${python} has no PyTorch: ${stderr.trim().split('\n').at(-1) ?? message}`;
  }
}

/** Where `ganc setup torch` writes which interpreter it is: a line. */
export const pythonFile = (): string => join(cacheFolder(), 'torch-python');

/** The interpreter to ask, by the order above. */
export function pythonHere(): string {
  if (process.env.GANC_PYTHON) return process.env.GANC_PYTHON;
  return existsSync(pythonFile()) ? readFileSync(pythonFile(), 'utf8').trim() : 'python3';
}

/** Whether a card's driver is let in here: a look at the system, before Python is asked for seconds. NVIDIA's, AMD's. */
export const anyCard = (root = '/'): boolean =>
  ['dev/nvidiactl', 'dev/dxg', 'dev/kfd'].some((place) => existsSync(join(root, place)));

/** By interpreter. */
const found = new Map<string, Promise<PythonFound>>();

/** Throws EngineError that says what to type. */
export function pythonWithTorch(): Promise<PythonFound> {
  const python = pythonHere();
  const asked = found.get(python) ?? search(python);
  found.set(python, asked);
  return asked;
}

async function search(python: string): Promise<PythonFound> {
  const told = await askPython(python);
  if (typeof told !== 'string') return told;
  throw new EngineError(
    `the target torch needs a Python with PyTorch 2.4 or newer, and ${told}: \`ganc setup torch\` makes one, \`ganc setup torch --python PATH\` or GANC_PYTHON takes one that you have`,
  );
}

/** The card that programs of the target torch would take; null where there is none, or no PyTorch that finds it. */
export async function cardForTorch(root = '/'): Promise<string | null> {
  if (!anyCard(root)) return null;
  const told = await pythonWithTorch().catch(() => null);
  return told?.cards[0] ?? null;
}
