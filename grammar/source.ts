/** Text with a name, and places in it. Every later stage speaks of the spec through these spans. */
export interface Source {
  /** As the user named it; shown in diagnostics. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets in one source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** 1-based line and column (in UTF-16 units) of an offset. */
export function position(source: Source, offset: number): { line: number; column: number } {
  const before = source.text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: before[before.length - 1].length + 1 };
}

/** The smallest span that holds both; they must be of one source. */
export function cover(a: Span, b: Span): Span {
  return { source: a.source, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

export function textOf(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}
