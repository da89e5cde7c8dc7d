/** The engine for programs of the target tfjs: see engine.ts for what an engine is. */
import type { Manifest } from '../compiler/program/manifest.ts';
import { EngineError } from './engine.ts';
import type { Engine, EngineIdentity } from './engine.ts';

const absent = (): never => {
  throw new EngineError('this version has no engine for the target tfjs: use --target onnx');
};

/** `folder` holds the module; `device` is that of an identity. */
export const tfjsEngine = async (
  _manifest: Manifest,
  _folder: string,
  _device: string,
  _threads: number,
): Promise<Engine> => absent();

/** What `device` (auto, cpu, webgpu, cuda) means here. */
export const tfjsIdentity = async (_device: string, _threads: number): Promise<EngineIdentity> => absent();
