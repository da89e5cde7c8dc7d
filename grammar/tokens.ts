/**
 * The words and signs of the language, and the lexer: text in, chevrotain tokens out. Reserved words may stand
 * in for names in a few places, contextual words nearly everywhere; two abstract categories say so: `Word` is
 * anything spelt like a name, `Name` is what may name something. Vocabulary (layers, losses, sources) is not here.
 */
import { createToken, Lexer, type ILexingResult, type IToken, type TokenType } from 'chevrotain';

/** Words that open a declaration and nothing else; the parser restarts at them. */
export const declarationWords = [
  'gan',
  'param',
  'profile',
  'data',
  'sample',
  'state',
  'history',
  'network',
  'shared',
  'block',
  'fn',
  'initialize',
  'optimizer',
  'let',
  'loss',
  'train',
  'report',
  'import',
] as const;

/** Words that open a statement of a schedule or a line of a report. */
export const statementWords = [
  'phase',
  'repeat',
  'together',
  'update',
  'every',
  'average',
  'set',
  'recalibrate',
  'picture',
  'metric',
  'sound',
] as const;

const otherWords = [
  'and',
  'or',
  'not',
  'true',
  'false',
  'to',
  'minimize',
  'maximize',
  'with',
  'when',
  'for',
] as const;

export const reservedWords = [...declarationWords, ...statementWords, ...otherWords] as const;

/** Words only where they are wanted, names everywhere else. */
export const contextualWords = [
  'of',
  'as',
  'at',
  'in',
  'hide',
  'batch',
  'decay',
  'size',
  'chance',
  'steps',
  'epochs',
  'goal',
  'from',
  'partly',
] as const;

export type Keyword = (typeof reservedWords)[number] | (typeof contextualWords)[number];

const abstract = (name: string, ...categories: TokenType[]) =>
  createToken({ name, pattern: Lexer.NA, categories });

export const Word = abstract('Word');
export const Name = abstract('Name', Word);
export const BinaryOperator = abstract('BinaryOperator');
export const ArithmeticOperator = abstract('ArithmeticOperator', BinaryOperator);
/** `-` and `not`, before an operand. */
export const Prefix = abstract('Prefix');
export const Boolean = abstract('Boolean', Word);
export const Text = abstract('Text');

export const Identifier = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: Name,
});

function wordCategories(word: Keyword): TokenType[] {
  if (word === 'and' || word === 'or') return [Word, BinaryOperator];
  if (word === 'not') return [Word, Prefix];
  if (word === 'true' || word === 'false') return [Boolean];
  return (contextualWords as readonly string[]).includes(word) ? [Name] : [Word];
}

function wordToken(word: Keyword): TokenType {
  const name = word[0].toUpperCase() + word.slice(1);
  return createToken({ name, pattern: word, longer_alt: Identifier, categories: wordCategories(word) });
}

/** The token type of each reserved and contextual word. */
export const keywords = Object.fromEntries(
  [...reservedWords, ...contextualWords].map((word) => [word, wordToken(word)]),
) as Record<Keyword, TokenType>;

const sign = (name: string, pattern: string, ...categories: TokenType[]) =>
  createToken({ name, pattern, categories });

export const Pipe = sign('Pipe', '|>');
export const Arrow = sign('Arrow', '->');
export const LessEqual = sign('LessEqual', '<=', BinaryOperator);
export const GreaterEqual = sign('GreaterEqual', '>=', BinaryOperator);
export const EqualEqual = sign('EqualEqual', '==', BinaryOperator);
export const NotEqual = sign('NotEqual', '!=', BinaryOperator);
export const Less = sign('Less', '<', BinaryOperator);
export const Greater = sign('Greater', '>', BinaryOperator);
export const Equals = sign('Equals', '=');
export const Plus = sign('Plus', '+', ArithmeticOperator);
export const Minus = sign('Minus', '-', ArithmeticOperator, Prefix);
export const Star = sign('Star', '*', ArithmeticOperator);
export const Slash = sign('Slash', '/', ArithmeticOperator);
export const Caret = sign('Caret', '^', ArithmeticOperator);
export const Tilde = sign('Tilde', '~');
export const LParen = sign('LParen', '(');
export const RParen = sign('RParen', ')');
export const LSquare = sign('LSquare', '[');
export const RSquare = sign('RSquare', ']');
export const LBrace = sign('LBrace', '{');
export const RBrace = sign('RBrace', '}');
export const Comma = sign('Comma', ',');
export const Colon = sign('Colon', ':');
export const Dot = sign('Dot', '.');
/** Between the bounds of a slice. */
export const DotDot = sign('DotDot', '..');

export const NumberToken = createToken({ name: 'Number', pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/ });
export const StringToken = createToken({
  name: 'String',
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  categories: Text,
});
/** A string that its line ends: reported, then read like a string. */
export const OpenString = createToken({
  name: 'OpenString',
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*\\?/,
  categories: Text,
});

const Blank = createToken({
  name: 'Blank',
  pattern: /[ \t\r\n\f\v\u00a0\ufeff]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
export const CommentToken = createToken({ name: 'Comment', pattern: /\/\/[^\r\n]*/, group: 'comments' });

export const allTokens: TokenType[] = [
  Blank,
  CommentToken,
  Pipe,
  Arrow,
  LessEqual,
  GreaterEqual,
  EqualEqual,
  NotEqual,
  Less,
  Greater,
  Equals,
  Plus,
  Minus,
  Star,
  Slash,
  Caret,
  Tilde,
  LParen,
  RParen,
  LSquare,
  RSquare,
  LBrace,
  RBrace,
  Comma,
  Colon,
  DotDot,
  Dot,
  NumberToken,
  StringToken,
  OpenString,
  ...Object.values(keywords),
  Identifier,
  Word,
  Name,
  BinaryOperator,
  ArithmeticOperator,
  Prefix,
  Boolean,
  Text,
];

const options = { positionTracking: 'full', ensureOptimizations: true } as const;
// Whether the tokens are sound is a test's question: looking takes longer than reading a spec.
const lexer = new Lexer(allTokens, { ...options, skipValidations: true });

export function tokenize(text: string): ILexingResult {
  return lexer.tokenize(text);
}

export function is(token: IToken | undefined, type: TokenType): boolean {
  return (
    token !== undefined &&
    (token.tokenType === type || type.categoryMatchesMap?.[token.tokenTypeIdx] === true)
  );
}

/** Spelt like a name, but reserved. */
export const isReserved = (token: IToken | undefined): boolean => is(token, Word) && !is(token, Name);

export const startOf = (token: IToken): number => token.startOffset;
export const endOf = (token: IToken): number => (token.endOffset ?? token.startOffset) + 1;

/** Nothing stands between the two: what makes `f(` a call and `v[` an index. */
export const touches = (left: IToken, right: IToken): boolean => endOf(left) === startOf(right);
