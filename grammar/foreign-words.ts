/**
 * Statements of other languages: `if`, `while`, `return`. They are no words of this one, so what follows them makes one
 * syntax error after the other; said once, as what they are, they take the place of all of these.
 * In: the tokens of a declaration and where its first error is; out: the diagnostic.
 */
import type { IToken } from 'chevrotain';
import { diagnostic, type Diagnostic } from './diagnostics.ts';
import { spanOf } from './prescan.ts';
import type { Source } from './source.ts';
import { syntaxErrors } from './syntax-errors.ts';
import { Colon, Dot, Identifier, is, keywords } from './tokens.ts';

interface Foreign {
  /** Default: that there is no such word. */
  readonly what?: string;
  readonly why: string;
  readonly hint: string;
}

const branch: Foreign = {
  why: 'A spec says what is computed, the same at every step.',
  hint: 'A number that changes with time is a `ramp(...)` or `stepped(...)`; an update has its `when` and `every`.',
};
const loop: Foreign = {
  why: 'The schedule is the only loop: an iteration runs its body once.',
  hint: 'What happens several times in an iteration is `repeat 5 { update ... }`.',
};
const foreign: Readonly<Record<string, Foreign>> = {
  if: branch,
  elif: branch,
  else: branch,
  while: loop,
  for: { what: 'No statement begins with `for`.', ...loop },
  return: {
    why: 'A body is any number of `let`s and one expression, which is its result.',
    hint: 'Leave `return` out.',
  },
};

/** Whether it could be one of them: a bare word, neither a field nor the name of an argument. */
const isForeign = (tokens: readonly IToken[], i: number): boolean =>
  Object.hasOwn(foreign, tokens[i].image) &&
  (tokens[i].tokenType === Identifier || is(tokens[i], keywords.for)) &&
  !is(tokens[i - 1], Dot) &&
  !is(tokens[i + 1], Colon);

/** What is said of the error at `at`, if such a word stands there or, read as a name, just before it. */
export function explainForeign(
  source: Source,
  tokens: readonly IToken[],
  at: number,
  expected: string,
): Diagnostic | undefined {
  const place = [at - 1, at].find((i) => i >= 0 && i < tokens.length && isForeign(tokens, i));
  if (place === undefined) return undefined;
  const { image } = tokens[place];
  // `for` is a word of `train for`: only where a statement could begin is it another language's.
  if (image === 'for' && !(place === at && expected === 'RBrace')) return undefined;
  return diagnostic(syntaxErrors.foreign, spanOf(source, tokens[place]), {
    what: `There is no \`${image}\` in the language.`,
    ...foreign[image],
  });
}
