/**
 * WebGPU outside a browser, by Dawn's binding (package webgpu): adapters, and the backend of TensorFlow.js on one. In:
 * nothing; out: what adapter there is, or a backend. A browser's globals are there only while tfjs's package looks.
 */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { toInstall } from '../../own-package.ts';
import { EngineError } from '../engine.ts';
import { packageFolder, required } from './home.ts';

/** A graphics adapter as it describes itself. */
export interface Adapter {
  /** `nvidia`, `amd`, `intel`, `google` (SwiftShader), ... */
  readonly vendor: string;
  /** `ampere`, `swiftshader`, ...; may be empty. */
  readonly architecture: string;
  readonly description: string;
  /** Computed on the CPU: SwiftShader, lavapipe. */
  readonly software: boolean;
}

/** The package's types of the WebGPU API belong to a browser; this is all that is used. */
interface Gpu {
  requestAdapter(options: object): Promise<GpuAdapter | null>;
}
interface GpuAdapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<GpuDevice>;
}
interface GpuDevice {
  destroy(): void;
}

/** The limits that tfjs-backend-webgpu asks for, all that the adapter has. */
const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/**
 * The adapter that WebGPU would take here, null where there is none. Asks the graphics driver in this process: where
 * that may hang or crash, ask through probe.ts.
 */
export async function findAdapter(): Promise<Adapter | null> {
  const found = await request();
  return found === null ? null : described(found.adapter);
}

export interface WebGpuBackend {
  readonly adapter: Adapter;
  readonly backend: KernelBackend;
  /** Gives the device back; tensors on it are lost. */
  close(): void;
}

/** TensorFlow.js's backend on the adapter; throws EngineError where no adapter answers. */
export async function webgpuBackend(): Promise<WebGpuBackend> {
  // Before there is a navigator.gpu: seeing one, the package would register a backend that it opens itself.
  const { WebGPUBackend } = required('@tensorflow/tfjs-backend-webgpu') as {
    WebGPUBackend: new (device: GpuDevice, info: object) => KernelBackend;
  };
  const found = await request();
  if (found === null) {
    throw new EngineError(
      'no WebGPU adapter answers: `ganc doctor` says what is there; --device cpu needs none',
    );
  }
  const { gpu, adapter } = found;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
  const backend = withNavigator(gpu, () => new WebGPUBackend(device, adapter.info));
  held.add(gpu);
  const close = (): void => {
    device.destroy();
    held.delete(gpu);
  };
  return { adapter: described(adapter), backend, close };
}

/** Dawn lives as long as this object, not as long as its devices: collected, it takes them along in mid-flight. */
const held = new Set<Gpu>();

async function request(): Promise<{ gpu: Gpu; adapter: GpuAdapter } | null> {
  if (packageFolder('webgpu') === null)
    throw new EngineError(`the package webgpu is not installed: run \`${toInstall('webgpu')}\``);
  const { create, globals } = await import('webgpu').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(`the package webgpu does not load here (${reason})`);
  });
  // GPUBufferUsage and the like, by which tfjs names its buffers.
  Object.assign(globalThis, globals);
  const gpu = create([]) as unknown as Gpu;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter === null ? null : { gpu, adapter };
}

function described({ info }: GpuAdapter): Adapter {
  const { vendor, architecture, description } = info;
  const software =
    info.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|microsoft basic/i.test(`${architecture} ${description}`);
  return { vendor, architecture, description, software };
}

/** Node 20 has no navigator; later ones have one without a GPU. Left in place, it would keep the process alive. */
function withNavigator<T>(gpu: Gpu, work: () => T): T {
  const scope = globalThis as { navigator?: object };
  const own = scope.navigator;
  if (own === undefined) Object.defineProperty(scope, 'navigator', { value: {}, configurable: true });
  const navigator = scope.navigator!;
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  try {
    return work();
  } finally {
    if (own === undefined) delete scope.navigator;
    else delete (navigator as { gpu?: Gpu }).gpu;
  }
}
