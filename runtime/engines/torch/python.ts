/**
 * Which Python has PyTorch here. In: GANC_PYTHON, else `python3` on the PATH; out: that interpreter, if it
 * loads PyTorch, with its version and cards. Loading it takes seconds, so it is asked once.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EngineError } from '../engine.ts';

export interface PythonFound {
  readonly python: string;
  /** Of PyTorch: `2.8.0+cpu`. */
  readonly version: string;
  /** Names of CUDA devices; the processor, where there is none, does the work. */
  readonly cards: readonly string[];
}

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
  const answer = await askPython(process.env.GANC_PYTHON || 'python3');
  if (typeof answer !== 'string') return answer;
  throw new EngineError(
    `the target torch needs a Python with PyTorch 2.4 or newer, and ${answer}: name one by GANC_PYTHON, or \`python3 -m venv torch && torch/bin/pip install torch\` makes one`,
  );
}
