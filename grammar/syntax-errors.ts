/**
 * The catalogue of what can be wrong with a text before anything is known of its meaning (GAN1xxx), and the
 * provider that makes chevrotain say what it wanted as a bare word. explain-syntax.ts turns both into diagnostics.
 */
import type { IParserErrorMessageProvider } from 'chevrotain';
import type { DiagnosticKind } from './diagnostics.ts';

const error = (code: string, title: string, explanation: string): DiagnosticKind => ({
  code,
  severity: 'error',
  title,
  explanation,
});

export const syntaxErrors = {
  tooLarge: error(
    'GAN1001',
    'file too large',
    'A spec may have at most a million characters. The shipped ones have a few thousand; a file this long is most likely not a spec. Split it with `import`, or check the path.',
  ),
  notText: error(
    'GAN1002',
    'not a text file',
    'The file holds bytes that are not UTF-8 text, such as an image, an archive or text in another encoding. Check the path, or save the file as UTF-8.',
  ),
  empty: error(
    'GAN1003',
    'no declarations',
    'The file holds nothing but blanks and comments. A spec declares at least networks, losses and a schedule; `ganc init` writes one to start from.',
  ),
  tooDeep: error(
    'GAN1004',
    'nested too deeply',
    'Brackets and signs may stand inside one another at most 256 deep, and one expression may chain at most 1024 operators. Name parts of the expression with `let`.',
  ),
  character: error(
    'GAN1005',
    'unknown character',
    'The character begins no word, number or sign of the language. Names are made of the letters A to Z, digits and `_`; strings stand in double quotes; comments begin with `//`. The character is skipped and reading goes on.',
  ),
  openString: error(
    'GAN1006',
    'string without an end',
    'A string begins and ends with `"` on the same line. Write `\\n` for a line break inside one.',
  ),
  escape: error(
    'GAN1007',
    'unknown escape',
    'Inside a string, `\\` may be followed by `n`, `t`, `r`, `"`, `\\` or `u` with four hexadecimal digits. Write `\\\\` for a backslash.',
  ),
  number: error(
    'GAN1008',
    'number out of range',
    'Numbers are 64-bit floating point: the largest is about 1.8e308. A larger one would silently become infinite.',
  ),
  misspelt: error(
    'GAN1009',
    'misspelt word',
    'At this place only a word of the language can stand, and the one that was found is nearly one. The file is read as if it had been spelt right, so that nothing else is reported because of it.',
  ),
  unexpected: error(
    'GAN1010',
    'something else was expected',
    'The statement does not read on as it began. The message shows what could have followed, and the hint a whole statement of this sort. Only the first such error of a statement is shown.',
  ),
  unclosed: error(
    'GAN1011',
    'bracket without an end',
    'A `(`, `[` or `{` is never closed. The message stands where the closing bracket could have been at the latest, and the label shows the opening one.',
  ),
  unopened: error(
    'GAN1012',
    'closing bracket without a beginning',
    'A `)`, `]` or `}` closes nothing. Delete it, or look for the opening bracket that is missing before it.',
  ),
  reservedName: error(
    'GAN1013',
    'reserved word as a name',
    'The words of the language can be fields, argument names and choice words, but not the names of declarations. Choose another name.',
  ),
  leftover: error(
    'GAN1014',
    'does not belong to the declaration',
    'The declaration before this place is complete, and what follows neither continues it nor begins another. Often a keyword or an operator is missing, or modifiers stand in another order than `as`, `in`, `hide`, `batch`.',
  ),
  afterStage: error(
    'GAN1015',
    'operator after a pipeline',
    'The right side of `|>` is a name or a call, and nothing but another `|>` may follow it, since `|>` binds loosest of all. Put the pipeline in parentheses.',
  ),
  chainedComparison: error(
    'GAN1016',
    'chained comparison',
    'Comparisons do not chain: `a < b < c` would compare a truth value with c. Write `a < b and b < c`.',
  ),
  misplacedNot: error(
    'GAN1017',
    '`not` inside arithmetic',
    '`not` binds more loosely than comparisons and arithmetic, so it cannot stand to the right of their operators. Put it in parentheses: `a == (not b)`.',
  ),
  spacedBracket: error(
    'GAN1018',
    'blank before a bracket',
    'The `(` of a call and the `[` of an index must touch what they follow: since newlines do not matter, `f (x)` could also be two expressions. Delete the blank.',
  ),
  paramType: error(
    'GAN1019',
    'unknown parameter type',
    'A hyper-parameter is an `int`, a `real`, a `bool` or a `string`.',
  ),
  phasePlace: error(
    'GAN1020',
    'phase out of place',
    'Phases stand directly inside `train`, one after the other: they neither nest nor stand beside bare statements. Move the statements into a phase of their own.',
  ),
  noExpression: error(
    'GAN1021',
    'an expression was expected',
    'Here a value must stand: a number, a name, a call, a list, a record, or an expression in parentheses.',
  ),
  notCallable: error(
    'GAN1022',
    'only a name can be called',
    'What is called is a name or a field, such as `G(z)` or `G.average(z)`. The result of a call, a number or an expression in parentheses cannot be called.',
  ),
  repeatOption: error(
    'GAN1023',
    'unknown option of `repeat`',
    '`repeat` has one option, `fresh: false`, by which every pass keeps the minibatch and the draws of the iteration.',
  ),
  foreign: error(
    'GAN1024',
    'statement of another language',
    'Nothing in a spec branches, loops or returns: a schedule says what is computed at every step. A number that changes with time is a `ramp(...)` or `stepped(...)`, an update has its `when` and `every`, `repeat` runs a part of an iteration several times, and the last expression of a body is its result. Of the declaration only this error is shown.',
  ),
} satisfies Record<string, DiagnosticKind>;

/** What chevrotain wants of a declaration that could be read before its text ended. */
export const wholeRead = 'the end of the declaration';

/** What chevrotain wanted, as one word: a token's name, an alternative's description, or what went wrong. */
export const messageProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.name,
  buildNotAllInputParsedMessage: () => wholeRead,
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? 'a statement',
  buildEarlyExitMessage: () => 'Name',
};
