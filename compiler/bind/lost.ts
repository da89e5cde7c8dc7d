/**
 * What syntax errors hide. The parser goes on behind an error, so declarations may be missing or stand half: what they
 * would have declared is broken, what they would have used is used. Said once by the parser, they cause no second error.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';
import { syntaxErrors } from '../../grammar/syntax-errors.ts';

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

/** Of a file that cannot be read: it may use every name. */
export const lostFile: Lost = { declared: new Set(), any: true, mayUse: () => true, half: () => false };

/** What any of several files has lost. */
export const lostInAny = (all: readonly Lost[]): Lost => ({
  declared: new Set(all.flatMap(({ declared }) => [...declared])),
  any: all.some(({ any }) => any),
  mayUse: (name) => all.some((one) => one.mayUse(name)),
  half: (declaration) => all.some((one) => one.half(declaration)),
});

export function lostIn(spec: ast.Spec, syntax: readonly Diagnostic[]): Lost {
  const { source } = spec.span;
  const errors = syntax.filter(({ span }) => span.source === source);
  if (errors.length === 0) return nothingLost;
  const end = source.text.trimEnd().length;
  const truncated = errors.some(({ span }) => span.end >= end);
  const half = ({ span }: ast.Declaration): boolean =>
    span.source === source &&
    errors.some((error) => error.span.start <= span.end && error.span.end >= span.start);
  // `return h`: the parser has read it as the name of a value.
  const foreign = errors
    .filter(({ code }) => code === syntaxErrors.foreign.code)
    .map(({ span }) => textOf(span));
  const halves = spec.declarations.filter(half);
  const gaps = wordsOf(between(spec));
  const names = halves.flatMap((d) => ('name' in d && d.name.name !== '' ? [d.name.name] : []));
  const used = halves.map((d) => ({
    name: 'name' in d ? d.name.name : null,
    words: wordsOf(textOf(d.span)),
  }));
  return {
    declared: new Set([...names, ...gaps, ...foreign]),
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
