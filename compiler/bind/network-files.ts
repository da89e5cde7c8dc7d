/**
 * Files that the spec's `onnx` layers name. In: declarations and their params; out: each file once, by its path as written,
 * with what the host reads of it. What a file is good for is known where the layer is evaluated (vocabulary/onnx/).
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Host, NetworkSource } from '../input.ts';
import type { Names, NetworkFile } from './names.ts';
import type { Reporter } from './reporter.ts';

/** The layer whose second argument, `file`, is a path. */
const layer = { name: 'onnx', file: 'file' } as const;

export function networkFiles(
  all: readonly ast.Declaration[],
  { params, declared }: Pick<Names, 'params' | 'declared'>,
  host: Host,
  report: Reporter,
): Map<string, NetworkFile | null> {
  const found = new Map<string, NetworkFile | null>();
  if (declared.has(layer.name)) return found;
  for (const { path, span } of pathsIn(all)) {
    const text = path.kind === 'String' ? path.value : params.get(path.name)?.value;
    if (typeof text !== 'string' || found.has(text)) continue;
    const source = report.attempt(span, () => lookedUp(text, host));
    found.set(
      text,
      source === undefined ? null : { file: `weights/network-${found.size + 1}.safetensors`, found: source },
    );
  }
  return found;
}

function lookedUp(path: string, host: Host): NetworkSource {
  const hint = 'Paths are taken from the folder of the spec.';
  try {
    const found = host.network?.(path) ?? null;
    if (found !== null) return found;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Mistake(kinds.networkFile, { what: error.message, hint });
  }
  const why = 'What comes out of the layer, and whether what goes in fits, stands in the file.';
  throw new Mistake(kinds.networkFile, { what: `${path}: there is no such file`, why, hint });
}

/** Strings, and names that may be those of params, where the layer's file stands. */
function pathsIn(node: unknown): { path: ast.StringLiteral | ast.NameExpr; span: ast.Expr['span'] }[] {
  if (Array.isArray(node)) return node.flatMap(pathsIn);
  if (typeof node !== 'object' || node === null || !('kind' in node)) return [];
  const inside = Object.entries(node).flatMap(([key, part]) => (key === 'span' ? [] : pathsIn(part)));
  const call = node as ast.Node;
  if (call.kind !== 'Call' || call.callee.kind !== 'Name' || call.callee.name !== layer.name) return inside;
  const paths = call.args.flatMap(({ name, value }) =>
    (value.kind === 'String' || value.kind === 'Name') && (name?.name ?? layer.file) === layer.file
      ? [{ path: value, span: value.span }]
      : [],
  );
  return [...inside, ...paths];
}
