/** A few iterations of a program in this process, on any engine: what the parity tests compare. */
import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Program } from '../../compiler/compile.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { openStream } from '../../runtime/catalogue.ts';
import type { Engine, Tensor, Tensors } from '../../runtime/engine.ts';
import { runIteration, trainer, type Applied, type Logged } from '../../runtime/loop.ts';
import { onnxEngine } from '../../runtime/onnx-engine.ts';
import { schedule, start, type Position } from '../../runtime/schedule.ts';
import { newState } from '../../runtime/state.ts';
import { streams } from '../../runtime/streams.ts';
import { root } from './host.ts';

/** The oracle: interprets the graphs in float64. */
export function referenceEngine({ graphs }: Program): Engine {
  return {
    name: 'reference',
    version: '1',
    threads: 1,
    open: (graph) => ({
      run(feeds, fetches, into = {}) {
        const wide = Object.entries(feeds).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const);
        const inputs = new Map(wide.filter(([name]) => !name.startsWith('draw:')));
        const draws = new Map(wide.flatMap(([name, t]) => (name.startsWith('draw:') ? [[name.slice(5), t] as const] : [])));
        const results = evaluate(fetches.map((name) => graphs[graph][name]), { inputs, draws }); // prettier-ignore
        return Object.fromEntries(fetches.map((name, i) => [name, given(into[name], results[i])]));
      },
    }),
  };
}

function given(into: Tensor | undefined, value: { shape: readonly number[]; data: Float64Array }): Tensor {
  if (into === undefined) return value;
  into.data.set(value.data);
  return into;
}

/** The ONNX engine on the program's files, written to a temporary folder. */
export async function engineOf(program: Program): Promise<Engine> {
  if (program.manifest.target === 'reference') return referenceEngine(program);
  const folder = mkdtempSync(join(tmpdir(), 'ganc-'));
  for (const [path, bytes] of Object.entries(program.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return onnxEngine(program.manifest, folder, 1);
}

export interface Trained {
  /** State by name, before and after. */
  readonly before: Tensors;
  readonly after: Tensors;
  readonly logged: readonly Logged[];
  readonly applied: Applied;
}

export async function trained(program: Program, iterations: number, seed = 7): Promise<Trained> {
  const { manifest } = program;
  const opened = Object.fromEntries(manifest.streams.map((s) => [s.name, openStream(s, root)]));
  const data = streams(manifest, opened, seed);
  const state = newState(manifest, seed);
  const copy = (): Tensors => Object.fromEntries(manifest.state.map(({ name }) => [name, { ...state.now(name), data: state.now(name).data.slice() }]));
  const run = trainer({ manifest, engine: await engineOf(program), streams: data, schedule: schedule(manifest, data.counts), seed });
  const before = copy();
  const logged: Logged[] = [];
  let position: Position = start;
  let applied: Applied = {};
  for (let i = 0; i < iterations; i++) {
    const done = await runIteration(run, state, position, applied);
    logged.push(done.logged);
    position = done.iteration.next;
    applied = done.applied;
  }
  return { before, after: copy(), logged, applied };
}
