/**
 * Which operators a GPU's provider leaves to the CPU: each costs a copy there and back, and onnxruntime does it without a
 * word. A session is first opened so that it refuses to; where it does refuse, it is opened again and its first run is
 * profiled. Sizes are no reason: onnxruntime computes them on the CPU on purpose.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession as Session } from 'onnxruntime-node';
import type { Ort } from './onnxruntime.ts';

export interface WatchedSession {
  readonly session: Session;
  /** To be asked after the first run: names, with how often each stands in the graph; none when asked again. */
  leftToCpu(): string[];
}

/** `model`: a file, or its bytes. */
export async function watchedSession(
  ort: Ort,
  model: string | Uint8Array,
  options: Session.SessionOptions,
): Promise<WatchedSession> {
  const { session: keys = {} } = (options.extra ?? {}) as { session?: object };
  // By its form: TypeScript knows a file and bytes apart, and no union of them.
  const create = (more: Session.SessionOptions): Promise<Session> =>
    ort.InferenceSession.create(model as string, { ...options, ...more });
  try {
    // Its complaint would go to the error output by itself.
    const strict = {
      extra: { ...options.extra, session: { ...keys, disable_cpu_ep_fallback: '1' } },
      logSeverityLevel: 4,
    } as const;
    return { session: await create(strict), leftToCpu: () => [] };
  } catch (error) {
    if (!/fallback to CPU EP/.test(String(error))) throw error;
  }
  let folder: string | null = mkdtempSync(join(tmpdir(), 'ganc-placement-'));
  const session = await create({
    logSeverityLevel: 3,
    enableProfiling: true,
    profileFilePrefix: join(folder, 'run'),
  });
  return {
    session,
    leftToCpu() {
      if (folder === null) return [];
      session.endProfiling();
      const [file] = readdirSync(folder);
      const names = operatorsOnCpu(readFileSync(join(folder, file), 'utf8'));
      rmSync(folder, { recursive: true, force: true });
      folder = null;
      return names;
    },
  };
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: {
    readonly provider?: string;
    readonly op_name?: string;
    /** One object for each input: its type and sizes. */
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** `Scan`, `Sum (2 times)`, from a profile that onnxruntime wrote of one run. */
export function operatorsOnCpu(profile: string): string[] {
  const counts = new Map<string, number>();
  for (const { cat, name, args } of JSON.parse(profile) as ProfileEvent[]) {
    if (cat !== 'Node' || !name?.endsWith('_kernel_time') || args?.provider !== 'CPUExecutionProvider')
      continue;
    const onSizes = args.input_type_shape?.every((input) => 'int64' in input) ?? false;
    const op = args.op_name ?? name;
    if (!onSizes) counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return [...counts].map(([op, count]) => (count === 1 ? op : `${op} (${count} times)`)).sort();
}
