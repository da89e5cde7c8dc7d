/**
 * Random specs for property tests, as lists of pieces: what must touch is one piece, and anything that may stand
 * between two (blanks, line ends, comments) is put there by `joined`.
 */
import fc, { type Arbitrary } from 'fast-check';

type Pieces = readonly string[];

const flat = (...parts: Arbitrary<Pieces>[]): Arbitrary<Pieces> =>
  fc.tuple(...parts).map((all) => all.flat());
const text = (...pieces: string[]): Arbitrary<Pieces> => fc.constant(pieces);
const name = fc
  .constantFrom('a', 'G', 'fake', 'steps', 'batch', 'of', 'hide', 'goal', 'from', 'partly', 'x_1')
  .map((word) => [word]);
const number = fc.constantFrom('1', '0.5', '1e-4', '64').map((word) => [word]);
const listOf = (item: Arbitrary<Pieces>, min = 1): Arbitrary<Pieces> =>
  fc
    .array(item, { minLength: min, maxLength: 4 })
    .map((items) => items.flatMap((one, i) => (i > 0 ? [',', ...one] : one)));

/** The first piece touches the last of what stands before. */
const glued = (before: Pieces, after: Pieces): Pieces => [
  ...before.slice(0, -1),
  `${before[before.length - 1]}${after[0]}`,
  ...after.slice(1),
];

type Expressions = {
  readonly expression: Pieces;
  readonly operand: Pieces;
  readonly call: Pieces;
  readonly args: Pieces;
};

const { expression, operand, call } = fc.letrec<Expressions>((tie) => {
  const expr = tie('expression');
  const op = tie('operand');
  const args = tie('args');
  const anyCall = tie('call');
  const field = fc.constantFrom('.loss', '.draw').map((word) => [word]);
  const argument = fc.oneof(
    expr,
    flat(text('k', ':'), expr),
    text('split', ':', 'train'),
    flat(text('over', ':'), op, text('steps')),
  );
  const place = fc.oneof(
    flat(text('time', ':'), op, text('..')),
    flat(text('height', ':', '..'), op),
    flat(op, text('..'), op),
  );
  const operator = fc.constantFrom('+', '-', '*', '/', '^', 'and', 'or').map((word) => [word]);
  const simple = { maxDepth: 4, depthIdentifier: 'expression' };
  return {
    args: listOf(argument, 0).map((items) => ['(', ...items, ')']),
    call: fc.tuple(name, args).map(([callee, items]) => glued(callee, items)),
    operand: fc.oneof(
      simple,
      name,
      number,
      anyCall,
      text('true'),
      text('"a\\"b"'),
      fc.tuple(name, field).map(([left, right]) => glued(left, right)),
      fc.tuple(name, expr).map(([left, index]) => glued(left, ['[', ...index, ']'])),
      fc.tuple(name, listOf(place)).map(([left, places]) => glued(left, ['[', ...places, ']'])),
      flat(text('('), expr, text(')')),
      flat(text('['), listOf(expr), text(']')),
      flat(text('{', 'a', ':'), expr, text(',', 'data', ':'), expr, text('}')),
      flat(text('-'), op),
    ),
    expression: fc.oneof(
      simple,
      op,
      flat(op, operator, op),
      flat(op, operator, op, operator, op),
      flat(text('not'), op),
      flat(op, text('<'), op),
      flat(op, text('|>'), fc.oneof(name, anyCall)),
      flat(op, text('|>'), anyCall, text('|>'), name, text('|>'), anyCall),
    ),
  };
});

const type = fc.constantFrom<Pieces>(
  ['logit'],
  ['vec[', '3', ']'],
  ['image[', 'n', ',', '2', '*', 'n', ']', 'in', '[', '-1', ',', '1', ']'],
  ['{', 'a', ':', 'logit', ',', 'sample', ':', 'vec[', '2', ']', '}'],
);
const lets = fc
  .array(flat(text('let'), name, text('='), expression), { maxLength: 2 })
  .map((all) => all.flat());
/** The result stands in parentheses, lest it begin with `-` and go on with the line above. */
const body = flat(text('{'), lets, text('('), expression, text(')', '}'));
const duration = flat(number, fc.constantFrom<Pieces>(['steps'], ['epochs'], ['epochs', 'of', 'mnist']));
const every = fc.constantFrom<Pieces>([], ['every', '2'], ['every', '3', 'epochs']);
const due = fc.oneof(
  every,
  text('every', '2', 'and', 'at', '1'),
  text('every', '3', 'epochs', 'and', 'at', '2', '*', 'n', ',', '50', 'steps'),
);
const update = flat(
  every,
  text('update'),
  listOf(name),
  text('to', 'minimize'),
  expression,
  text('with'),
  call,
  fc.oneof(text(), flat(text('when'), expression)),
);
/** Not `hide`: what stands behind that word is a field, whatever it is called. */
const network = fc.constantFrom('a', 'G', 'of', 'partly').map((word) => [word]);
const origin = flat(
  text('from'),
  fc.oneof(
    text('"a"'),
    network,
    network.map(([word]) => [`${word}.average`, 'of', '"a"']),
  ),
  fc.constantFrom<Pieces>([], ['at', 'best'], ['at', '5']),
  fc.constantFrom<Pieces>([], ['partly']),
);
const statement = fc.oneof(
  flat(text('initialize'), listOf(name), origin),
  update,
  flat(every, text('average'), name, text('decay'), number),
  flat(
    text('repeat', '3'),
    fc.constantFrom<Pieces>([], ['fresh', ':', 'false']),
    text('{'),
    update,
    text('}'),
  ),
  flat(text('together', '{'), update, update, text('}')),
);
const statements = fc.array(statement, { maxLength: 3 }).map((all) => ['{', ...all.flat(), '}']);
const line = fc.oneof(
  flat(due, text('picture'), name, text('='), expression),
  flat(
    due,
    text('metric'),
    name,
    text('='),
    expression,
    fc.constantFrom<Pieces>([], ['goal', '0.05'], ['goal', '-', '2', '*', 'a', 'from', '"b"']),
  ),
  flat(due, text('recalibrate'), call, text('for'), duration),
);

export const declaration: Arbitrary<Pieces> = fc.oneof(
  flat(text('let'), name, text('='), expression),
  flat(text('loss'), name, text('='), expression),
  flat(text('param'), name, text(':', 'int', '='), operand),
  flat(text('profile'), name, text('{', 'a', '='), operand, text(',', 'b', '=', '2', '}')),
  flat(
    text('data'),
    name,
    text('='),
    call,
    fc.constantFrom<Pieces>([], ['hide', 'loss', ',', 'a', 'batch', '3']),
  ),
  flat(text('sample'), name, text('~', 'normal[', '2', ']')),
  flat(
    text('network'),
    name,
    text('(', 'x', ':'),
    type,
    text(',', 'y', ':'),
    type,
    text(')', '->'),
    type,
    body,
  ),
  flat(text('block'), name, text('(', 'x', ',', 'k', ':', 'int', '='), operand, text(')'), body),
  flat(text('fn'), name, text('(', ')', '='), expression),
  flat(text('initialize'), listOf(name), text('with'), call),
  flat(text('initialize'), listOf(name), origin),
  flat(text('train', 'for'), duration, text(',', 'batch', '3'), statements),
  flat(text('train', 'for'), duration, text('{', 'phase', 'p', 'for'), duration, statements, text('}')),
  flat(
    text('report', 'every', '5', 'steps', '{'),
    fc.array(line, { maxLength: 3 }).map((all) => all.flat()),
    text('}'),
  ),
  text('import', '"a.gan"'),
);

const plainGap = fc.constantFrom(' ', ' ', ' ', '\n', '\n\n', '\t', '\r\n');
const comment = fc.constantFrom(' // c', '\n// own line', '\n/// doc', '\n\n// apart', '\r\n  // crlf');
const commentedGap = fc.oneof(
  { weight: 12, arbitrary: plainGap },
  {
    weight: 1,
    arbitrary: fc.tuple(comment, fc.constantFrom('\n', '\n\n', '\r\n')).map(([c, end]) => c + end),
  },
);

/** Whole specs; with comments anywhere between two pieces if asked. */
export function specs(comments: boolean): Arbitrary<string> {
  const gaps = fc.infiniteStream(comments ? commentedGap : plainGap);
  return fc.tuple(fc.array(declaration, { minLength: 1, maxLength: 3 }), gaps).map(([all, between]) => {
    const pieces = all.flat();
    return pieces.map((piece) => piece + between.next().value).join('');
  });
}
