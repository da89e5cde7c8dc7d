/** NVIDIA cards on this machine, their driver, and what CUDA it allows. In: the system; out: what was found, no errors. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './programs.ts';
import type { Environment } from './programs.ts';

export interface Nvidia {
  /** `NVIDIA H100 80GB HBM3, 81559 MiB`; empty where the driver doesn't answer. */
  readonly cards: readonly string[];
  /** A card is on the bus, whether its driver is there or not. */
  readonly onBus: boolean;
  /** `550.54.14` */
  readonly driver: string | null;
  /** The newest CUDA that the driver runs: `12.4`. */
  readonly cuda: string | null;
  /** Why nvidia-smi didn't answer. */
  readonly problem: string | null;
}

/** CUDA 12's libraries run on drivers from this on (NVIDIA's CUDA compatibility guide, minor version compatibility). */
export const oldestDriver = 525;

/** Asks nvidia-smi, for 15 s at most, and the kernel. */
export async function findNvidia(env: Environment = process.env, root = '/'): Promise<Nvidia> {
  const limit = { env, signal: AbortSignal.timeout(15_000) };
  const onBus = isOnBus(root);
  const kernel = kernelDriver(root);
  try {
    const asked = await runProgram(
      ['nvidia-smi', '--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
      limit,
    );
    if (asked.code !== 0) {
      const missing = asked.code === null ? 'there is no nvidia-smi' : asked.said.trim().split('\n').at(-1)!;
      return { cards: [], onBus, driver: kernel, cuda: null, problem: missing };
    }
    const rows = asked.said
      .trim()
      .split('\n')
      .map((row) => row.split(',').map((cell) => cell.trim()));
    const cards = rows.map(([name, memory]) => `${name}, ${memory}`);
    const cuda = /CUDA Version: *([\d.]+)/.exec((await runProgram(['nvidia-smi'], limit)).said)?.[1] ?? null;
    return { cards, onBus, driver: rows[0]?.[2] ?? kernel, cuda, problem: null };
  } catch {
    return { cards: [], onBus, driver: kernel, cuda: null, problem: 'nvidia-smi gave no answer within 15 s' };
  }
}

function kernelDriver(root: string): string | null {
  try {
    return (
      /Kernel Module\s+(?:for \S+\s+)?([\d.]+)/.exec(
        readFileSync(join(root, 'proc/driver/nvidia/version'), 'utf8'),
      )?.[1] ?? null
    );
  } catch {
    return null;
  }
}

/** PCI vendor 10de with a class of display controllers (03). */
function isOnBus(root: string): boolean {
  const folder = join(root, 'sys/bus/pci/devices');
  const read = (device: string, file: string): string =>
    readFileSync(join(folder, device, file), 'utf8').trim();
  try {
    return readdirSync(folder).some(
      (device) => read(device, 'vendor') === '0x10de' && read(device, 'class').startsWith('0x03'),
    );
  } catch {
    return existsSync(join(root, 'dev/nvidiactl'));
  }
}
