/**
 * Diagnostics in, text for people or JSON for programs out. The only place where a diagnostic becomes text:
 *
 *     error[GAN1009]: I don't know the word `netwrok` here.
 *       --> infogan.gan:7:1
 *        |
 *      7 | netwrok G(z: vec[62]) -> logit { z |> dense(1) }
 *        | ^^^^^^^
 *        = hint: Did you mean `network`?
 */
import colors from 'picocolors';
import { cutLine, showLine, wrap } from './columns.ts';
import type { Diagnostic } from './diagnostics.ts';
import { position, type Source, type Span } from './source.ts';
import { visible, visibleLine } from './visible.ts';

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal; longer lines are cut or broken. */
  readonly width?: number;
}

type Paint = ReturnType<typeof colors.createColors>;

interface Style {
  readonly paint: Paint;
  readonly strong: (text: string) => string;
  readonly width: number;
  readonly gutter: number;
}

/** One place to underline: the primary one with `^`, labels with `-`. */
interface Mark {
  readonly span: Span;
  readonly text: string;
  readonly primary: boolean;
}

/** All diagnostics, a blank line between two; ends without a newline. */
export function render(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((problem) => renderOne(problem, options)).join('\n\n');
}

function renderOne(problem: Diagnostic, options: RenderOptions): string {
  const paint = colors.createColors(options.color);
  const strong = problem.severity === 'error' ? paint.red : paint.yellow;
  const marks: Mark[] = [
    { span: problem.span, text: '', primary: true },
    ...problem.labels.map((label) => ({ ...label, primary: false })),
  ];
  const lastLine = Math.max(...marks.map(({ span }) => position(span.source, span.end).line));
  const style: Style = {
    paint,
    strong,
    width: Math.max(40, options.width ?? 140),
    gutter: `${lastLine}`.length + 1,
  };
  const sources = [...new Set(marks.map(({ span }) => span.source))];
  return [
    paint.bold(strong(`${problem.severity}[${problem.code}]`) + `: ${visible(problem.what)}`),
    ...sources.flatMap((source, i) => renderSource(source, marks, style, i === 0)),
    ...note('why', problem.why, style),
    ...note('hint', problem.hint, style),
  ].join('\n');
}

function renderSource(source: Source, all: readonly Mark[], style: Style, first: boolean): string[] {
  const marks = all.filter(({ span }) => span.source === source);
  const { line, column } = position(source, marks[0].span.start);
  const place = `${visibleLine(source.path)}:${line}:${column}`;
  const blank = ' '.repeat(style.gutter);
  const bar = style.paint.blue('|');
  const header = `${blank}${style.paint.blue(first ? '-->' : ':::')} ${place}`;
  return [header, `${blank} ${bar}`, ...renderLines(source, marks, style)];
}

function renderLines(source: Source, marks: readonly Mark[], style: Style): string[] {
  const texts = source.text.split(/\r\n|\r|\n/);
  const parts = marks.flatMap((mark) => partsOf(source, mark, texts));
  const numbers = [...new Set(parts.map(({ line }) => line))].sort((a, b) => a - b);
  const gap = style.paint.blue('...');
  return numbers.flatMap((line, i) => {
    const skipped = i > 0 && line > numbers[i - 1] + 1 ? [gap] : [];
    const here = parts.filter((part) => part.line === line).sort((a, b) => b.start - a.start);
    const apart = texts[line - 1].length > style.width - style.gutter - 3; // one frame for each place
    const frames = apart ? [...here].reverse().map((part) => [part]) : [here];
    return [...skipped, ...frames.flatMap((frame) => renderLine(line, texts[line - 1], frame, style))];
  });
}

/** The part of a mark that stands on one line; offsets count from the line's start. */
interface Part {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly mark: Mark;
  readonly last: boolean;
}

/** A mark over several lines underlines its first and its last. */
function partsOf(source: Source, mark: Mark, texts: readonly string[]): Part[] {
  const start = position(source, mark.span.start);
  const end = position(source, mark.span.end);
  const [from, to] = [start.column - 1, end.column - 1];
  if (start.line === end.line) return [{ line: start.line, start: from, end: to, mark, last: true }];
  if (to === 0) return partsOf(source, { ...mark, span: { ...mark.span, end: mark.span.end - 1 } }, texts);
  const text = texts[end.line - 1];
  const indent = Math.min(to, text.length - text.trimStart().length);
  return [
    { line: start.line, start: from, end: texts[start.line - 1].length, mark, last: false },
    { line: end.line, start: indent, end: to, mark, last: true },
  ];
}

/** Of a very long line only this much on either side is looked at. */
const near = 500;

function renderLine(number: number, text: string, parts: readonly Part[], style: Style): string[] {
  const leftmost = Math.min(...parts.map(({ start }) => start));
  const skip = text.length > 2 * near ? Math.max(0, leftmost - near) : 0;
  const shown = showLine(text.slice(skip, skip + 2 * near));
  const columnOf = (offset: number) =>
    shown.columns[Math.min(shown.columns.length - 1, Math.max(0, offset - skip))];
  const cut = cutLine(shown, columnOf(leftmost), style.width - style.gutter - 3);
  const bar = style.paint.blue('|');
  const source = `${style.paint.blue(`${number}`.padStart(style.gutter))} ${bar} ${cut.text}`;
  const underlines = parts.map((part) => {
    const from = Math.max(0, columnOf(part.start) - cut.from);
    const most = style.width - style.gutter - 3 - from;
    const length = Math.max(1, Math.min(most, columnOf(part.end) - columnOf(part.start)));
    const label = part.last && part.mark.text ? ` ${visibleLine(part.mark.text)}` : '';
    const line = (part.mark.primary ? '^' : '-').repeat(length) + label;
    const painted = part.mark.primary ? style.strong(line) : style.paint.blue(line);
    return `${' '.repeat(style.gutter)} ${bar} ${' '.repeat(from)}${painted}`;
  });
  return [source.trimEnd(), ...underlines];
}

function note(name: string, text: string | undefined, style: Style): string[] {
  if (text === undefined) return [];
  const indent = ' '.repeat(style.gutter + 1);
  const [first, ...rest] = wrap(visible(text), style.width - style.gutter - name.length - 5);
  const head = `${indent}${style.paint.blue('=')} ${style.paint.bold(name)}: ${first}`;
  return [head, ...rest.map((line) => `${indent}${' '.repeat(name.length + 4)}${line}`)];
}

// ---------------------------------------------------------------- JSON

/** A place: 1-based line and column in UTF-16 units, 0-based offset. */
export interface JsonPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface JsonSpan {
  readonly path: string;
  readonly start: JsonPosition;
  readonly end: JsonPosition;
}

export interface JsonReport {
  readonly format_version: '1.0';
  readonly valid: boolean;
  readonly error_count: number;
  readonly warning_count: number;
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: 'error' | 'warning';
    readonly what: string;
    readonly why?: string;
    readonly hint?: string;
    readonly span: JsonSpan;
    readonly labels: readonly { readonly span: JsonSpan; readonly text: string }[];
  }[];
}

/** For programs. `valid` says that there is no error. */
export function toJson(diagnostics: readonly Diagnostic[]): JsonReport {
  const count = (severity: string) => diagnostics.filter((problem) => problem.severity === severity).length;
  return {
    format_version: '1.0',
    valid: count('error') === 0,
    error_count: count('error'),
    warning_count: count('warning'),
    diagnostics: diagnostics.map(({ code, severity, what, why, hint, span, labels }) => ({
      code,
      severity,
      what,
      ...(why !== undefined && { why }),
      ...(hint !== undefined && { hint }),
      span: jsonSpan(span),
      labels: labels.map((label) => ({ span: jsonSpan(label.span), text: label.text })),
    })),
  };
}

function jsonSpan({ source, start, end }: Span): JsonSpan {
  const at = (offset: number): JsonPosition => ({ ...position(source, offset), offset });
  return { path: source.path, start: at(start), end: at(end) };
}
