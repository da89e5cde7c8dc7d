/**
 * The program of a spec for the target and device that were asked for. In: a spec, options; out: the program as that
 * device wants it, and which engine will run it.
 */
import type { CompileOptions } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import type { Source } from '../grammar/source.ts';
import { targets } from '../compiler/targets/targets.ts';
import { EngineError } from '../runtime/engines/engine.ts';
import type { EngineIdentity } from '../runtime/engines/engine.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import { cardForTorch } from '../runtime/engines/torch/python.ts';
import { layoutFor } from '../runtime/run/new-run.ts';
import { chooseEngine } from '../runtime/run/session.ts';
import type { Processes } from '../runtime/run/session.ts';
import { compileSpec } from './spec.ts';
import type { Terminal } from './terminal.ts';

export type Target = NonNullable<CompileOptions['target']>;

/** A target that this version has; a run directory may come from another one. Throws EngineError. */
export function targetCalled(name: string): Target {
  if (Object.hasOwn(targets, name)) return name as Target;
  throw new EngineError(`this version of ganc has no target called ${name}`);
}

/**
 * Whose engine, where nobody says: PyTorch's where it finds a card or several processes are wanted, else onnxruntime's.
 * `root`: for tests, in the place of the system's.
 */
export async function targetFor(
  { device, processes }: Pick<Wanted, 'device' | 'processes'>,
  root?: string,
): Promise<Target> {
  if (processes !== undefined) return 'torch';
  return device === 'auto' && (await cardForTorch(root)) !== null ? 'torch' : 'onnx';
}

export interface Wanted extends Pick<CompileOptions, 'set' | 'profile' | 'strict' | 'accumulate'> {
  readonly target: Target;
  readonly device: DeviceName;
  readonly threads: number;
  readonly processes?: Processes;
}

/** Diagnostics are said. Throws Exit if the spec has errors, EngineError if there is no such device. */
export async function programFor(
  entry: Source,
  { device, threads, processes, ...options }: Wanted,
  terminal: Terminal,
): Promise<{ readonly program: Program; readonly engine: EngineIdentity }> {
  const guess = layoutFor(options.target, device);
  const program = compileSpec(entry, { ...options, device: guess }, terminal);
  const engine = await chooseEngine(program.manifest, device, threads, processes);
  const layout = layoutFor(options.target, engine.device);
  if (layout === guess) return { program, engine };
  return { program: compileSpec(entry, { ...options, device: layout }, muted(terminal)), engine };
}

/** For what was said before. */
export const muted = (terminal: Terminal): Terminal => ({ ...terminal, err: () => undefined });
