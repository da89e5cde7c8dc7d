/**
 * One error of chevrotain in, one diagnostic in plain words out. What was expected comes as a bare word from
 * syntax-errors.ts; the tokens around it say which of the catalogue's errors it is.
 */
import type { IRecognitionException, IToken } from 'chevrotain';
import { diagnostic, nearest, type Diagnostic, type DiagnosticDetails } from './diagnostics.ts';
import { endsOperand, isCloser, isOpener, spanOf } from './prescan.ts';
import type { Source } from './source.ts';
import { forms } from './statement-forms.ts';
import { syntaxErrors, wholeRead } from './syntax-errors.ts';
import {
  afterPrevious,
  atToken,
  endsStage,
  formHint,
  found,
  isClosed,
  openBefore,
  signs,
  wordsFor,
  type Place,
} from './syntax-place.ts';
import { torchArguments } from './torch-words.ts';
import {
  BinaryOperator,
  Comma,
  contextualWords,
  declarationWords,
  Dot,
  Equals,
  is,
  isReserved,
  keywords,
  LBrace,
  LParen,
  LSquare,
  Name,
  NumberToken,
  RParen,
  RSquare,
  touches,
} from './tokens.ts';

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** `at` is the index in `tokens` of the token that the error is about; their length at the end. */
export function explainSyntax(
  source: Source,
  tokens: readonly IToken[],
  at: number,
  error: IRecognitionException,
): Diagnostic {
  const place: Place = { source, tokens, at, expected: error.message, rules: error.context.ruleStack };
  for (const explain of [
    equalsForColon,
    spaced,
    afterStage,
    unopened,
    unclosed,
    reservedName,
    expression,
    leftover,
  ]) {
    const found = explain(place);
    if (found) return found;
  }
  return unexpected(place);
}

// Each of these recognises one error of the catalogue, or passes.

/** `kernel=4`, as other languages name arguments. */
function equalsForColon(place: Place): Diagnostic | undefined {
  const token = place.tokens[place.at] as IToken | undefined;
  const name = place.tokens[place.at - 1] as IToken | undefined;
  const opener = openBefore(place).pop();
  if (!is(token, Equals) || !is(name, Name) || !is(opener, LParen)) return undefined;
  const next = place.tokens[place.at + 1] as IToken | undefined;
  const { image } = name!;
  const here = Object.hasOwn(torchArguments, image) ? torchArguments[image] : image;
  return atToken(place, syntaxErrors.unexpected, {
    what: 'Arguments are named with `:`, not with `=`.',
    hint: `Write \`${here}: ${next?.image ?? '...'}\`.`,
  });
}

function spaced(place: Place): Diagnostic | undefined {
  const [before, token] = [
    place.tokens[place.at - 1] as IToken | undefined,
    place.tokens[place.at] as IToken | undefined,
  ];
  if (!token || !before || !(is(token, LParen) || is(token, LSquare))) return undefined;
  const callable = is(before, Name) || is(before, RParen) || is(before, RSquare);
  if (!callable || touches(before, token) || before.endLine !== token.startLine) return undefined;
  const sort = is(token, LParen) ? 'call' : 'index';
  return atToken(place, syntaxErrors.spacedBracket, {
    what: `The \`${token.image}\` of ${sort === 'call' ? 'a call' : 'an index'} must touch what it follows.`,
    hint: `Delete the blank before it: \`${before.image}${token.image}\`.`,
  });
}

function afterStage(place: Place): Diagnostic | undefined {
  const token = place.tokens[place.at] as IToken | undefined;
  const operator = is(token, BinaryOperator) || is(token, Dot) || is(token, LSquare) || is(token, LParen);
  if (!token || !operator || !endsStage(place.tokens, place.at)) return undefined;
  return atToken(place, syntaxErrors.afterStage, {
    what: `A pipeline can't be followed by \`${token.image}\`.`,
    why: '`|>` binds loosest of all, so nothing but another `|>` may follow its right side.',
    hint:
      'Put the pipeline in parentheses: `(x |> f) ' +
      `${is(token, BinaryOperator) ? token.image + ' ...' : '...'}\`.`,
  });
}

function unopened(place: Place): Diagnostic | undefined {
  const token = place.tokens[place.at] as IToken | undefined;
  if (!token || !isCloser(token) || openBefore(place).length > 0) return undefined;
  return atToken(place, syntaxErrors.unopened, {
    what: `This \`${token.image}\` closes nothing.`,
    hint: 'Delete it, or look for the opening bracket that is missing before it.',
  });
}

function unclosed(place: Place): Diagnostic | undefined {
  const opener = openBefore(place).pop();
  if (!opener) return undefined;
  const [token, closer] = [place.tokens[place.at] as IToken | undefined, closers[opener.image]];
  const mismatched = token !== undefined && isCloser(token) && token.image !== closer;
  if (!(
    mismatched ||
    token === undefined ||
    (isReserved(token) && signs[place.expected] === closer && !isClosed(place, opener))
  ))
    return undefined;
  const details = {
    what: `A \`${closer}\` is missing here.`,
    hint: `Close the \`${opener.image}\` with \`${closer}\`.`,
    labels: [{ span: spanOf(place.source, opener), text: `this \`${opener.image}\` is never closed` }],
  };
  return diagnostic(syntaxErrors.unclosed, afterPrevious(place), details);
}

function reservedName(place: Place): Diagnostic | undefined {
  const token = place.tokens[place.at] as IToken | undefined;
  const before = place.tokens[place.at - 1] as IToken | undefined;
  const wantsValue = place.expected === 'an expression' && !is(before, LBrace);
  if (!token || !isReserved(token) || !(place.expected === 'Name' || wantsValue)) return undefined;
  if (before && token.startLine !== before.endLine) return undefined;
  return atToken(place, syntaxErrors.reservedName, {
    what: `\`${token.image}\` is a word of the language and can't be a name.`,
    hint: `Choose another name, such as \`${token.image}_\` or \`my_${token.image}\`.`,
  });
}

function expression(place: Place): Diagnostic | undefined {
  if (place.expected !== 'an expression') return undefined;
  const token = place.tokens[place.at] as IToken | undefined;
  const before = place.tokens[place.at - 1] as IToken | undefined;
  const leadingDot = token !== undefined && is(token, Dot) && is(place.tokens[place.at + 1], NumberToken);
  const details: DiagnosticDetails = {
    what: `${before ? `After \`${before.image}\`` : 'Here'} I expected an expression, ${found(token)}.`,
    hint: leadingDot ? 'A number begins with a digit: `0.5`.' : formHint(place),
  };
  return diagnostic(
    syntaxErrors.noExpression,
    token ? spanOf(place.source, token) : afterPrevious(place),
    details,
  );
}

function leftover(place: Place): Diagnostic | undefined {
  const token = place.tokens[place.at] as IToken | undefined;
  if (!token || ![wholeRead, 'a declaration'].includes(place.expected)) return undefined;
  const first = place.at === 0;
  const word = nearest(token.image, [...declarationWords]);
  const modifier =
    (contextualWords as readonly string[]).includes(token.image) && is(place.tokens[0], keywords.data);
  const begins = `A declaration begins with ${declarationWords.map((w) => `\`${w}\``).join(', ')}.`;
  return atToken(place, syntaxErrors.leftover, {
    what: first
      ? `\`${token.image}\` begins no declaration.`
      : `\`${token.image}\` doesn't belong to the \`${place.tokens[0].image}\` before it.`,
    why: modifier
      ? 'The modifiers of data stand in this order: `as`, `in`, `hide`, `batch`.'
      : first
        ? begins
        : undefined,
    hint: modifier
      ? `Such as: \`${forms.data}\``
      : word
        ? `Did you mean \`${word}\`?`
        : first
          ? undefined
          : begins,
  });
}

function unexpected(place: Place): Diagnostic {
  const token = place.tokens[place.at] as IToken | undefined;
  const before = place.tokens[place.at - 1] as IToken | undefined;
  const between = endsOperand(before) && ['RParen', 'RSquare'].includes(place.expected);
  const wanted = between
    ? `\`,\` or \`${signs[place.expected]}\``
    : is(before, Comma) || (before && isOpener(before) && !is(before, LBrace))
      ? `an expression or ${wordsFor(place.expected)}`
      : wordsFor(place.expected);
  const details = {
    what: `${before ? `After \`${before.image}\`` : 'Here'} I expected ${wanted}, ${found(token)}.`,
    why: whyOf(place),
    hint: formHint(place),
  };
  const newLine = token && before && token.startLine !== before.endLine;
  const span = token && !newLine ? spanOf(place.source, token) : afterPrevious(place);
  return diagnostic(syntaxErrors.unexpected, span, details);
}

function whyOf({ expected, rules }: Place): string | undefined {
  if (expected === 'With' && rules.includes('update')) return 'Every update names its optimizer.';
  if (expected === 'RBrace' && rules.at(-1) === 'together')
    return 'A `together` is one step: it holds updates and `set`s, taken at the same weights.';
  return undefined;
}
