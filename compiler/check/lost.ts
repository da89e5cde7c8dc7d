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
  /** Whether text with errors may use the name; its own declaration apart. */
  mayUse(name: string): boolean;
}

export const nothingLost: Lost = { declared: new Set(), mayUse: () => false };

export function lostIn(spec: ast.Spec, syntax: readonly Diagnostic[]): Lost {
  const { source } = spec.span;
  const errors = syntax.filter(({ span }) => span.source === source);
  if (errors.length === 0) return nothingLost;
  const hit = ({ span }: ast.Declaration): boolean =>
    errors.some((error) => error.span.start <= span.end && error.span.end >= span.start);
  const half = spec.declarations.filter(hit);
  const gaps = wordsOf(between(spec));
  const names = half.flatMap((d) => ('name' in d && d.name.name !== '' ? [d.name.name] : []));
  const used = half.map((d) => ({ name: 'name' in d ? d.name.name : null, words: wordsOf(textOf(d.span)) }));
  return {
    declared: new Set([...names, ...gaps]),
    mayUse: (name) => gaps.has(name) || used.some((one) => one.name !== name && one.words.has(name)),
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
