/** The machine that a run is trained on: what the bits of a result may depend on, and how two machines differ in that. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { EngineIdentity } from '../engines/engine.ts';
import { version } from '../own-package.ts';

/** Kept in run.json, for a resume to compare. */
export interface Machine {
  readonly ganc: string;
  readonly node: string;
  readonly engine: string;
  readonly engineVersion: string;
  /** What it computes on: `cpu`, `webgpu`, `cuda`. */
  readonly device: string;
  /** Which GPU, where it is one. */
  readonly adapter?: string;
  readonly threads: number;
  /** Processes that share each batch, where there are several. */
  readonly processes?: number;
  readonly processor: string;
  /** Instruction sets, where the system tells them. */
  readonly features: readonly string[];
}

/** This machine, with the engine that was opened on it. */
export function thisMachine(engine: EngineIdentity): Machine {
  return {
    ganc: version,
    node: process.versions.node,
    engine: engine.name,
    engineVersion: engine.version,
    device: engine.device,
    ...(engine.adapter === undefined ? {} : { adapter: engine.adapter }),
    threads: engine.threads,
    ...(engine.processes === undefined || engine.processes === 1 ? {} : { processes: engine.processes }),
    processor: cpus().at(0)?.model ?? 'unknown',
    features: features(),
  };
}

/** The instruction sets that choose between an engine's kernels (Linux tells them; elsewhere the model must do). */
function features(): string[] {
  const known = /^(sse4_[12]|avx|avx2|fma|avx512\w*|avx_vnni|amx_\w+|asimd\w*|sve2?|i8mm|bf16)$/;
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return (line?.[1] ?? '')
      .split(/\s+/)
      .filter((flag) => known.test(flag))
      .sort();
  } catch {
    return [];
  }
}

/** What differs between two machines in a way that may change bits, in words; empty if nothing does. */
export function machineDifferences(then: Machine, now: Machine): string[] {
  const out: string[] = [];
  const compare = (what: string, a: string | number, b: string | number): void => {
    if (a !== b) out.push(`${what}: ${a} then, ${b} now`);
  };
  compare('engine', `${then.engine} ${then.engineVersion}`, `${now.engine} ${now.engineVersion}`);
  compare('device', then.device, now.device);
  if (then.device === now.device) compare('adapter', then.adapter ?? 'none', now.adapter ?? 'none');
  compare('threads', then.threads, now.threads);
  compare('processes', then.processes ?? 1, now.processes ?? 1);
  compare('processor features', then.features.join(' '), now.features.join(' '));
  if (then.features.length === 0) compare('processor', then.processor, now.processor);
  return out;
}
