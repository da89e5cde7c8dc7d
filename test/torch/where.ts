/** Where tests find a Python that has PyTorch: GANC_PYTHON, or the benchmarks' own (bench/setup-pytorch.sh). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'mocha';
import { torchServer, type TorchServer } from '../../runtime/engines/torch-engine.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const ours = join(root, 'bench', '.venv', 'bin', 'python');

/** null where there is none. */
export const torchPython: string | null = process.env.GANC_PYTHON ?? (existsSync(ours) ? ours : null);

/** mocha's `it`; skipped, under its name, where there is no PyTorch. */
export const itOnTorch = torchPython === null ? it.skip : it;

let shared: Promise<TorchServer> | undefined;

/** One Python process for all programs of a test run: PyTorch takes seconds to load. `folder`: of the first of them. */
export const sharedTorch = (folder: string): Promise<TorchServer> =>
  (shared ??= torchServer(torchPython!, folder, 1));
