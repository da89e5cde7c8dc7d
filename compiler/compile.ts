/**
 * The pipeline on a page: text → AST → model → graph → plan → program. Pure: files, data and the runtime's catalogue
 * come in through `Host`; what comes out is a program and diagnostics, never an effect.
 */
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { parse } from '../grammar/parse.ts';
import { printAst } from '../grammar/print-ast.ts';
import type { Source } from '../grammar/source.ts';
import { check, type Checked } from './check/check.ts';
import { printGraph } from './graph/print.ts';
import { checkMemory } from './lower/fits.ts';
import { plan } from './plan.ts';
import { printModel, printPlan } from './print.ts';
import { targets } from './targets/targets.ts';
import type { Node } from './graph/node.ts';
import type { Catalogue, DataDescription, SourceArguments } from './program/catalogue.ts';
import type { Manifest } from './program/manifest.ts';

/** What the compiler asks of the world. */
export interface Host {
  readonly catalogue: Catalogue;
  /** An imported file, by its path relative to the importing one; null if there is none. */
  read(path: string, from: Source): Source | null;
  /** Rows and hash of a data source; null when its files are not there; throws Error with a sentence when they are broken. */
  describe(source: string, args: SourceArguments): DataDescription | null;
}

export interface CompileOptions {
  /** `--set name=value`, as typed. */
  readonly set?: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly target?: 'onnx' | 'tfjs' | 'reference';
  /** What the target lays its graphs out for; default: the host's memory. */
  readonly device?: 'host' | 'webgpu';
  readonly float?: 'float32' | 'float64';
  /** Bytes that the machine has; a program that needs more is an error. */
  readonly memory?: number;
  /** Called after each pass with its name and a function that prints its result (`ganc build --dump graph`). */
  readonly dump?: (pass: string, print: () => string) => void;
}

export interface Program {
  readonly manifest: Manifest;
  /** The target's files by path within the program's directory (`steps/step_1.onnx`). */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Each graph's outputs by name, for the reference engine and the goldens. */
  readonly graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>;
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any diagnostic is an error. */
  readonly program?: Program;
}

/** Text → AST → model: everything that is wrong with the spec, without making a program. */
export function checkSpec(entry: Source, host: Host, options: CompileOptions = {}): Checked {
  const parsed = parse(entry);
  options.dump?.('ast', () => printAst(parsed.spec));
  return check(parsed.spec, parsed.diagnostics, host, options);
}

/** The whole way. Errors of the spec come back as diagnostics, each at its place; never as exceptions. */
export function compile(entry: Source, host: Host, options: CompileOptions = {}): Compiled {
  const checked = checkSpec(entry, host, options);
  if (checked.model === null) return { diagnostics: checked.diagnostics };
  options.dump?.('model', () => printModel(checked.model!));
  const late: Diagnostic[] = [];
  const planned = plan(checked.model, host, options, (found) => late.push(found));
  options.dump?.('plan', () => printPlan(planned.manifest));
  options.dump?.('graph', () =>
    Object.entries(planned.graphs)
      .map(([name, roots]) => `graph ${name}\n${printGraph(roots)}`)
      .join('\n'),
  );
  late.push(...checkMemory(checked.model, planned.manifest, planned.graphs, options.memory ?? Infinity));
  const diagnostics = [...checked.diagnostics, ...late];
  if (late.some((d) => d.severity === 'error')) return { diagnostics };
  return { diagnostics, program: targets[options.target ?? 'onnx'](planned, options) };
}
