/**
 * Which Python has PyTorch here. In: GANC_PYTHON (or `--python`), what `ganc setup torch` installed, `python3` on the PATH;
 * out: the first of them that loads PyTorch, with its version and cards. Loading it takes seconds, so it is asked once.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
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

/** PyTorch as `ganc setup torch` installs it. */
export const torchVersion = '2.8.0';
export const torchHome = (): string => join(cacheFolder(), `torch-${torchVersion}`);
export const homePython = (home = torchHome()): string => join(home, 'bin', 'python');

const question = `import json, torch
cards = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
print(json.dumps({'version': torch.__version__, 'cards': cards}))`;

/** What this interpreter has; a sentence where it has no PyTorch that will do. */
export async function askPython(python: string): Promise<PythonFound | string> {
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', question], { timeout: 120_000 });
    const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as Omit<PythonFound, 'python'>;
    const [major, minor] = told.version.split('.').map(Number);
    if (major < 2 || (major === 2 && minor < 4))
      return `${python} has PyTorch ${told.version}; ganc needs 2.4 or newer`;
    return { python, ...told };
  } catch (error) {
    const { code, stderr = '', message } = error as { code?: string; stderr?: string; message: string };
    if (code === 'ENOENT') return `there is no ${python}`;
    return `${python} has no PyTorch: ${stderr.trim().split('\n').at(-1) ?? message}`;
  }
}

let found: Promise<PythonFound> | undefined;

/** Throws EngineError that says what to type. */
export const pythonWithTorch = (): Promise<PythonFound> => (found ??= search());

async function search(): Promise<PythonFound> {
  const named = process.env.GANC_PYTHON;
  const candidates = named ? [named] : [...(existsSync(homePython()) ? [homePython()] : []), 'python3'];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const answer = await askPython(candidate);
    if (typeof answer !== 'string') return answer;
    reasons.push(answer);
  }
  throw new EngineError(`the target torch needs a Python with PyTorch, and ${reasons.join('; ')}: \`ganc setup torch\` installs one, \`--python PATH\` takes yours`); // prettier-ignore
}
