/** A spec's path in; out: its program, opened on the engine as `ganc run` opens it, with a state to train from. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compile } from '../compiler/compile.ts';
import type { CompileOptions } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import { hostFor } from '../cli/spec.ts';
import { Builder } from '../compiler/ir/builder.ts';
import { emitOnnx } from '../compiler/targets/onnx/emit.ts';
import { render } from '../grammar/render.ts';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import { openStreams } from '../runtime/catalogue.ts';
import type { HostEngine } from '../runtime/engines/host-engine.ts';
import { trainer } from '../runtime/run/loop.ts';
import type { Trainer } from '../runtime/run/loop.ts';
import { onnxEngine } from '../runtime/engines/onnx-engine.ts';
import { programFiles } from '../runtime/run/run-directory.ts';
import { schedule } from '../runtime/run/schedule.ts';
import { streams } from '../runtime/data/streams.ts';

export interface Opened {
  readonly program: Program;
  readonly engine: HostEngine;
  readonly trainer: Trainer;
  /** What compiling took, in a process that has compiled nothing before. */
  readonly compiledMs: number;
}

/** The side of the square matrices whose product is the machine's rate. */
export const gemmSide = 1024;

export async function openProgram(
  spec: string,
  threads: number,
  options: Pick<CompileOptions, 'float' | 'profile'> = {},
): Promise<Opened> {
  const seed = 1;
  const start = performance.now();
  const program = compiled(spec, options);
  const compiledMs = performance.now() - start;
  const folder = mkdtempSync(join(tmpdir(), 'ganc-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const place = join(folder, 'program');
  const manifest = withGemm(program);
  writeFolderAtomic(place, programFiles(manifest, { ...program.files, 'graphs/gemm.onnx': gemmModel() }));
  const engine = await onnxEngine(manifest, place, threads);
  const data = streams(manifest, await openStreams(manifest, dirname(spec)), seed);
  const parts = { manifest, engine, streams: data, schedule: schedule(manifest, data.counts), seed };
  return { program, engine, trainer: trainer(parts), compiledMs };
}

/** Throws with the diagnostics if the spec has errors. */
export function compiled(spec: string, options: CompileOptions): Program {
  const entry = { path: spec, text: readFileSync(spec, 'utf8') };
  const { program, diagnostics } = compile(entry, hostFor(entry), options);
  if (program) return program;
  throw new Error(render(diagnostics, { color: false, width: 100 }));
}

/** The product of two matrices beside the program's graphs, so that it runs on the same engine. */
function withGemm({ manifest }: Program): Program['manifest'] {
  return {
    ...manifest,
    graphs: { ...manifest.graphs, gemm: { file: 'graphs/gemm.onnx', inputs: [], outputs: [] } },
  };
}

function gemmModel(): Uint8Array {
  const b = new Builder();
  const shape = [gemmSide, gemmSide];
  const outputs = { product: b.matmul(b.input('a', shape), b.input('b', shape)) };
  return emitOnnx({ name: 'gemm', outputs }, { float: 'float32' }).model;
}
