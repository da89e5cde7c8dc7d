/**
 * What the engines on onnxruntime share: the package loaded, who it is, and sessions' options. Throws EngineError with
 * what to type where it isn't there.
 */
import { createRequire } from 'node:module';
import type * as ort from 'onnxruntime-node';
import { EngineError } from './engine.ts';
import type { EngineIdentity } from './engine.ts';
import { toInstall } from '../own-package.ts';

export type Ort = typeof ort;

/** Which engine this is, without loading it; throws EngineError where its package isn't installed. */
export function onnxIdentity(device: string, threads: number): EngineIdentity {
  try {
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as {
      version: string;
    };
    return { name: 'onnxruntime-node', version, device, threads };
  } catch {
    throw new EngineError(
      `onnxruntime-node is not installed: run \`${toInstall('onnxruntime-node')}\`, then \`ganc doctor\``,
    );
  }
}

export async function loadOnnxruntime(): Promise<Ort> {
  // Its builds since 1.30 tell its maker of each session, and keep a number for the device; users of ganc were not asked.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new EngineError(
      `onnxruntime-node does not load here (${firstLine(error)}): run \`${toInstall('onnxruntime-node')}\`, then \`ganc doctor\``,
    );
  }
}

export const firstLine = (error: unknown): string =>
  error instanceof Error ? error.message.split('\n')[0] : String(error);

/**
 * For every session: sequential, and no spinning between runs, else two sessions fight for the cores. x · sigmoid(x) stays two
 * operations: what it would be fused to has no kernel in float64, and the program would not open. So do a product of matrices
 * and its scale: together the scale is a float32, in float64, too.
 */
export const sessionOptions = (threads: number): ort.InferenceSession.SessionOptions => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  extra: {
    session: { force_spinning_stop: '1' },
    optimization: { disable_specified_optimizers: 'QuickGeluFusion;MatMulScaleFusion' },
  },
});
