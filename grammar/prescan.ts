/**
 * What is done to the tokens of a file before they are parsed: nesting is limited (so that no later stage runs
 * out of stack), misspelt keywords are put right, and the file is cut into declarations, so that an error in one
 * cannot reach another. In a file without errors none of this changes what is read.
 */
import type { IToken } from 'chevrotain';
import { diagnostic, editDistance, type Diagnostic } from './diagnostics.ts';
import type { Source, Span } from './source.ts';
import { syntaxErrors } from './syntax-errors.ts';
import {
  BinaryOperator,
  Boolean,
  Colon,
  Comma,
  contextualWords,
  declarationWords,
  Dot,
  endOf,
  Equals,
  Identifier,
  is,
  isReserved,
  keywords,
  LBrace,
  LParen,
  LSquare,
  Name,
  NumberToken,
  Pipe,
  RBrace,
  reservedWords,
  RParen,
  RSquare,
  startOf,
  statementWords,
  StringToken,
  Word,
  type Keyword,
} from './tokens.ts';

const maxNesting = 256;
const maxChain = 1024;

export const isOpener = (token: IToken): boolean =>
  is(token, LParen) || is(token, LSquare) || is(token, LBrace);
export const isCloser = (token: IToken): boolean =>
  is(token, RParen) || is(token, RSquare) || is(token, RBrace);

export function spanOf(source: Source, token: IToken): Span {
  return { source, start: startOf(token), end: endOf(token) };
}

/** The first token that is nested too deeply, if any: in brackets, or in operators that hold one another. */
export function tooDeep(source: Source, tokens: readonly IToken[]): Diagnostic | undefined {
  const outer: number[] = [];
  let chain = 0;
  for (const token of tokens) {
    const operator = is(token, BinaryOperator) || is(token, keywords.not);
    if (isOpener(token)) chain = outer.push(chain) && chain + 1;
    else if (isCloser(token)) chain = (outer.pop() ?? 0) + 1;
    else if (operator || is(token, Pipe) || is(token, Dot)) chain += 1;
    else if (is(token, Comma) || isReserved(token)) chain = outer.length ? outer[outer.length - 1] + 1 : 0;
    if (outer.length > maxNesting || chain > maxChain) return nestingError(source, token);
  }
  return undefined;
}

export function nestingError(source: Source, token: IToken): Diagnostic {
  return diagnostic(syntaxErrors.tooDeep, spanOf(source, token), {
    what: `This is nested more than ${maxNesting} deep, or in a chain of more than ${maxChain} operators.`,
    hint: 'Name parts of the expression with `let`.',
  });
}

// ---------------------------------------------------------------- misspelt words

const openingWords: readonly Keyword[] = [...declarationWords, ...statementWords];
const innerWords: readonly Keyword[] = [
  'to',
  'minimize',
  'maximize',
  'with',
  'when',
  'for',
  'and',
  'or',
  ...contextualWords,
];

/** Reads `netwrok` as `network` where only a word of the language can stand. */
export function repairWords(
  source: Source,
  tokens: readonly IToken[],
): { tokens: IToken[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const repaired = tokens.map((token, i) => {
    if (token.tokenType !== Identifier) return token;
    const word = intendedWord(tokens, i);
    if (!word) return token;
    const details = {
      what: `I don't know the word \`${token.image}\` here.`,
      hint: `Did you mean \`${word}\`?`,
    };
    diagnostics.push(diagnostic(syntaxErrors.misspelt, spanOf(source, token), details));
    return { ...token, tokenType: keywords[word], tokenTypeIdx: keywords[word].tokenTypeIdx! };
  });
  return { tokens: repaired, diagnostics };
}

function intendedWord(tokens: readonly IToken[], i: number): Keyword | undefined {
  const [before, token, after] = [
    tokens[i - 1] as IToken | undefined,
    tokens[i],
    tokens[i + 1] as IToken | undefined,
  ];
  const sameLine = (a?: IToken, b?: IToken) =>
    a !== undefined && b !== undefined && a.endLine === b.startLine;
  const endsOperand = isName(before) || is(before, NumberToken) || is(before, RParen) || is(before, RSquare);
  const followed = sameLine(token, after) && (is(after, Word) || is(after, StringToken));
  if (!sameLine(before, token) || is(before, LBrace))
    return followed || is(after, LBrace) ? near(token.image, openingWords) : undefined;
  if (is(before, keywords.to)) return near(token.image, ['minimize', 'maximize']);
  if (is(before, keywords.shared)) return near(token.image, ['network']);
  if (endsOperand && !is(after, Colon)) return near(token.image, innerWords);
  return undefined;
}

const isName = (token?: IToken): boolean => token !== undefined && token.tokenType === Identifier;

function near(name: string, words: readonly Keyword[]): Keyword | undefined {
  const allowed = name.length < 5 ? 1 : 2;
  const distances = words.map((word) => ({ word, distance: editDistance(name.toLowerCase(), word) }));
  const best = distances.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= allowed && best.distance < name.length - 1 ? best.word : undefined;
}

// ---------------------------------------------------------------- cutting

const openers: ReadonlySet<string> = new Set(declarationWords);
const reserved: ReadonlySet<string> = new Set(reservedWords);

/** Cuts the tokens into declarations; junk between two goes with the one before it. */
export function splitDeclarations(tokens: readonly IToken[]): IToken[][] {
  const chunks: IToken[][] = [];
  let start = 0;
  let depth = 0;
  const cut = (end: number) => {
    if (end > start)
      chunks.push(...(depth > 0 ? splitUnclosed(tokens.slice(start, end)) : [tokens.slice(start, end)]));
    [start, depth] = [end, 0];
  };
  for (let i = 0; i < tokens.length; i++) {
    if (opensDeclaration(tokens, i) && (depth === 0 || !opensInside(tokens[i]))) cut(i);
    if (isOpener(tokens[i])) depth += 1;
    if (isCloser(tokens[i])) depth = Math.max(0, depth - 1);
  }
  cut(tokens.length);
  return chunks;
}

/** Words that open declarations, and what stands inside of others: a body's `let`, a schedule's `initialize`. */
const opensInside = (token: IToken): boolean => is(token, keywords.let) || is(token, keywords.initialize);

/** In a declaration whose bracket is missing, such a word that isn't indented begins the next one. */
function splitUnclosed(tokens: IToken[]): IToken[][] {
  const chunks: IToken[][] = [[]];
  for (const token of tokens) {
    const margin = token.startColumn! <= tokens[0].startColumn! && token !== tokens[0];
    if (margin && opensInside(token)) chunks.push([]);
    chunks[chunks.length - 1].push(token);
  }
  return chunks;
}

function opensDeclaration(tokens: readonly IToken[], i: number): boolean {
  const token = tokens[i];
  if (!isReserved(token) || !openers.has(wordOf(token)) || isFreeWord(tokens, i)) return false;
  const before = tokens[i - 1] as IToken | undefined;
  if (!before || before.startLine !== token.startLine) return true;
  const afterWord = isReserved(before) && openers.has(wordOf(before)) && !isFreeWord(tokens, i - 1); // `let data = 1`: a name, badly chosen
  return !afterWord && !(wantsValue.some((type) => is(before, type)) || isOpener(before));
}

const wantsValue = [BinaryOperator, Equals, Comma, Colon, Pipe];

/** The word that a token stands for, also when it was misspelt. */
const wordOf = (token: IToken): string =>
  reserved.has(token.image) ? token.image : token.tokenType.name.toLowerCase();

/** Whether a reserved word stands where it is a field, an argument's name, or a choice. */
function isFreeWord(tokens: readonly IToken[], i: number): boolean {
  const [before, after] = [tokens[i - 1] as IToken | undefined, tokens[i + 1] as IToken | undefined];
  if (is(before, Dot) || is(after, Colon) || isHideModifier(tokens, i - 1)) return true;
  if (is(before, Colon)) return !is(tokens[i], Boolean) && (is(after, Comma) || is(after, RParen));
  return is(before, Comma) && inHideList(tokens, i);
}

function inHideList(tokens: readonly IToken[], i: number): boolean {
  let at = i - 1;
  while (is(tokens[at], Comma) && is(tokens[at - 1], Word) && !is(tokens[at - 1], keywords.hide)) at -= 2;
  return isHideModifier(tokens, at);
}

/** `hide` behind a source, not as a name. */
function isHideModifier(tokens: readonly IToken[], i: number): boolean {
  return is(tokens[i], keywords.hide) && endsOperand(tokens[i - 1]);
}

/** A name that could be told from an operand: for messages. */
export const endsOperand = (token: IToken | undefined): boolean =>
  is(token, Name) || is(token, NumberToken) || is(token, RParen) || is(token, RSquare);
