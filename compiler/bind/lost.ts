/**
 * What syntax errors hide. The parser goes on behind an error, so declarations may be missing or stand half: what they
 * would have declared is broken, what they would have used is used. Said once by the parser, they cause no second error.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';

export interface Lost {
  /** Names that are declared, if at all, in text with errors. */
  readonly declared: ReadonlySet<string>;
  /** Whether there is any. */
  readonly any: boolean;
  /** Whether text with errors may use the name; its own declaration apart. */
  mayUse(name: string): boolean;
  /** Whether a declaration is one of those with errors in them. */
  half(declaration: ast.Declaration): boolean;
}

const nothingLost: Lost = { declared: new Set(), any: false, mayUse: () => false, half: () => false };

export function lostIn(spec: ast.Spec, syntax: readonly Diagnostic[]): Lost {
  const { source } = spec.span;
  const errors = syntax.filter(({ span }) => span.source === source);
  if (errors.length === 0) return nothingLost;
  const end = source.text.trimEnd().length;
  const truncated = errors.some(({ span }) => span.end >= end);
  const half = ({ span }: ast.Declaration): boolean =>
    errors.some((error) => error.span.start <= span.end && error.span.end >= span.start);
  const halves = spec.declarations.filter(half);
  const gaps = wordsOf(between(spec));
  const names = halves.flatMap((d) => ('name' in d && d.name.name !== '' ? [d.name.name] : []));
  const used = halves.map((d) => ({
    name: 'name' in d ? d.name.name : null,
    words: wordsOf(textOf(d.span)),
  }));
  return {
    declared: new Set([...names, ...gaps]),
    any: true,
    mayUse: (name) =>
      truncated || gaps.has(name) || used.some((one) => one.name !== name && one.words.has(name)),
    half,
  };
}

/** The text that no declaration has. */
function between({ span, declarations }: ast.Spec): string {
  let from = 0;
  const parts: string[] = [];
  for (const declaration of declarations) {
    parts.push(span.source.text.slice(from, Math.max(from, declaration.span.start)));
    from = Math.max(from, declaration.span.end);
  }
  return [...parts, span.source.text.slice(from)].map((part) => part.replace(/\/\/.*/g, '')).join('\n');
}

const wordsOf = (text: string): Set<string> => new Set(text.match(/[A-Za-z_][A-Za-z_0-9]*/g));
