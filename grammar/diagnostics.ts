/**
 * Diagnostics as data. A stage defines its errors once, in a typed catalogue: code, title and the explanation
 * that `ganc explain CODE` prints; where one is raised it gets a span and the words for this case.
 * Rendering (render.ts) is a pure function of a Diagnostic.
 */
import type { Span } from './source.ts';

export type Severity = 'error' | 'warning';

/** A second place that explains the first: "declared here", "this is what came in". */
export interface Label {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** Where; the frame points here. */
  readonly span: Span;
  /** One sentence: what is wrong. */
  readonly what: string;
  /** Why it is wrong, in terms of this spec. */
  readonly why?: string;
  /** The way out; did-you-mean goes here. */
  readonly hint?: string;
  readonly labels: readonly Label[];
}

/** One row of a stage's catalogue. */
export interface DiagnosticKind {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  /** A paragraph for `ganc explain` and the docs: when it happens, why it is an error, what to do. */
  readonly explanation: string;
}

/** The words for one case. */
export interface DiagnosticDetails {
  readonly what: string;
  readonly why?: string;
  readonly hint?: string;
  readonly labels?: readonly Label[];
}

export function diagnostic(kind: DiagnosticKind, span: Span, details: DiagnosticDetails): Diagnostic {
  return { code: kind.code, severity: kind.severity, span, labels: [], ...details };
}

/** Something wrong, on its way from the depth of an evaluation to whoever knows the place. */
export class Mistake extends Error {
  readonly kind: DiagnosticKind;
  readonly details: DiagnosticDetails;
  /** Where; absent: at what is being evaluated. */
  readonly span: Span | undefined;

  constructor(kind: DiagnosticKind, details: DiagnosticDetails, span?: Span) {
    super(details.what);
    this.kind = kind;
    this.details = details;
    this.span = span;
  }
}

/** Whether it keeps the spec from being run. */
export const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** By file and place, each once; those of one place as they came. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const fresh = diagnostics.filter(({ code, span, what }) => {
    const key = `${code} ${span.source.path}:${span.start} ${what}`;
    return !seen.has(key) && seen.add(key);
  });
  const path = ({ span }: Diagnostic): string => span.source.path;
  return fresh.sort((a, b) =>
    path(a) === path(b) ? a.span.start - b.span.start : path(a) < path(b) ? -1 : 1,
  );
}

// ---------------------------------------------------------------- did you mean

/**
 * The way out of an unknown name: the candidate that was probably meant, or all of them behind `list` ("Sources:").
 * A single letter is near to every other one, so of those only the other case counts.
 */
export function suggestion(name: string, candidates: Iterable<string>, list?: string): string | undefined {
  const all = [...candidates];
  const near = nearest(name, all);
  const meant = near !== undefined && (name.length > 1 || near.toLowerCase() === name.toLowerCase());
  if (meant) return `Did you mean \`${near}\`?`;
  return list === undefined || all.length === 0 ? undefined : `${list} ${all.join(', ')}.`;
}

/** The candidate nearest to `name` by edit distance, if near enough to be what was meant (graphql-js's threshold). */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(name.length * 0.4) + 1.5;
  for (const candidate of candidates) {
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0.5 : editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Damerau-Levenshtein: a swap of neighbours, the commonest slip, counts once; the libraries for it count it twice. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}
