/** A plan as ONNX files: one model a graph, named in the manifest. */
import type { Program } from '../../compile.ts';
import type { Plan } from '../../plan.ts';
import type { GraphEntry } from '../../program/manifest.ts';
import { emitOnnx } from './emit.ts';

export function onnxProgram({ manifest, graphs }: Plan): Program {
  const files: Record<string, Uint8Array> = {};
  const entries = Object.entries(graphs).map(([name, outputs]): [string, GraphEntry] => {
    const file = `graphs/${name}.onnx`;
    files[file] = emitOnnx({ name, outputs }, { float: manifest.float }).model;
    return [name, { ...manifest.graphs[name], file }];
  });
  return { manifest: { ...manifest, graphs: Object.fromEntries(entries) }, files, graphs };
}
