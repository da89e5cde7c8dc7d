/**
 * The rules of expressions and durations, and what the parser is set to: the lowest of the classes that parser.ts puts
 * together. Operators are read as flat lists, so that a bracket costs few stack frames; their precedence is toAst.ts's.
 */
import { CstParser, type CstNode, type IToken, type ParserMethod } from 'chevrotain';
import { messageProvider } from './syntax-errors.ts';
import {
  allTokens,
  ArithmeticOperator,
  BinaryOperator,
  Boolean,
  Colon,
  Comma,
  Dot,
  DotDot,
  is,
  isReserved,
  keywords as k,
  LBrace,
  LParen,
  LSquare,
  Name,
  NumberToken,
  Pipe,
  Prefix,
  RBrace,
  RParen,
  RSquare,
  Text,
  touches,
  Word,
} from './tokens.ts';

export type Rule = ParserMethod<[], CstNode>;

export abstract class ExpressionParser extends CstParser {
  /** `validated`: chevrotain looks for ambiguities and the like, which takes as long as the rest; a test does it. */
  constructor(validated = false) {
    super(allTokens, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: messageProvider,
      skipValidations: !validated,
    });
  }

  /** `item, item, ...`, with a comma behind the last one if one likes; once in a rule. */
  protected listed(item: Rule): void {
    this.SUBRULE8(item);
    this.MANY9(() => {
      this.CONSUME8(Comma);
      this.SUBRULE9(item);
    });
    this.OPTION9(() => this.CONSUME9(Comma));
  }

  readonly expression: Rule = this.RULE('expression', () => {
    this.MANY(() => this.CONSUME(Prefix));
    this.SUBRULE(this.postfix);
    this.MANY2(() => {
      this.CONSUME(BinaryOperator);
      this.MANY3(() => this.CONSUME2(Prefix));
      this.SUBRULE2(this.postfix);
    });
    this.MANY4(() => {
      this.CONSUME(Pipe);
      this.SUBRULE(this.stage);
    });
  });

  /** A count: no comparison, no pipeline. */
  readonly arithmetic: Rule = this.RULE('arithmetic', () => {
    this.MANY(() => this.CONSUME(Prefix));
    this.SUBRULE(this.postfix);
    this.MANY2(() => {
      this.CONSUME(ArithmeticOperator, { LABEL: 'BinaryOperator' });
      this.MANY3(() => this.CONSUME2(Prefix));
      this.SUBRULE2(this.postfix);
    });
  });

  /** The right side of `|>`. */
  readonly stage: Rule = this.RULE('stage', () => {
    this.CONSUME(Name);
    this.MANY({
      GATE: () => is(this.LA(1), Dot) || this.touching(),
      DEF: () =>
        this.OR([
          { ALT: () => this.SUBRULE(this.index, { LABEL: 'suffix' }) },
          { ALT: () => this.SUBRULE(this.field, { LABEL: 'suffix' }) },
        ]),
    });
    this.OPTION({ GATE: () => this.touching(), DEF: () => this.SUBRULE(this.args) });
  });

  readonly postfix: Rule = this.RULE('postfix', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(NumberToken) },
        { ALT: () => this.CONSUME(Text) },
        { ALT: () => this.CONSUME(Boolean) },
        { ALT: () => this.CONSUME(Name) },
        { ALT: () => this.SUBRULE(this.group) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.record) },
      ],
      ERR_MSG: 'an expression',
    });
    this.MANY({
      GATE: () => is(this.LA(1), Dot) || this.touching(),
      DEF: () =>
        this.OR2([
          { ALT: () => this.SUBRULE(this.args, { LABEL: 'suffix' }) },
          { ALT: () => this.SUBRULE(this.index, { LABEL: 'suffix' }) },
          { ALT: () => this.SUBRULE(this.field, { LABEL: 'suffix' }) },
        ]),
    });
  });

  readonly group: Rule = this.RULE('group', () => {
    this.CONSUME(LParen);
    this.SUBRULE(this.expression);
    this.CONSUME(RParen);
  });

  readonly list: Rule = this.RULE('list', () => {
    this.CONSUME(LSquare);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.series) }, { ALT: () => this.listed(this.expression) }]);
    });
    this.CONSUME(RSquare);
  });

  /** `for i in 0..3: e`, inside a list. */
  readonly series: Rule = this.RULE('series', () => {
    this.CONSUME(k.for);
    this.CONSUME(Name);
    this.CONSUME(k.in);
    this.SUBRULE(this.arithmetic);
    this.CONSUME(DotDot);
    this.SUBRULE2(this.arithmetic);
    this.CONSUME(Colon);
    this.SUBRULE(this.expression);
  });

  readonly record: Rule = this.RULE('record', () => {
    this.CONSUME(LBrace);
    this.OPTION(() => this.listed(this.recordField));
    this.CONSUME(RBrace);
  });

  readonly recordField: Rule = this.RULE('recordField', () => {
    this.CONSUME(Word);
    this.CONSUME(Colon);
    this.SUBRULE(this.expression);
  });

  readonly args: Rule = this.RULE('args', () => {
    this.CONSUME(LParen);
    this.OPTION(() => this.listed(this.argument));
    this.CONSUME(RParen);
  });

  readonly argument: Rule = this.RULE('argument', () => {
    this.OPTION(() => {
      this.CONSUME(Word);
      this.CONSUME(Colon);
    });
    this.OR({
      DEF: [
        { GATE: () => this.choiceWord(), ALT: () => this.CONSUME2(Word, { LABEL: 'choice' }) },
        {
          ALT: () => {
            this.SUBRULE(this.expression);
            this.OPTION2(() => this.SUBRULE(this.unit));
          },
        },
      ],
      ERR_MSG: 'an expression',
      IGNORE_AMBIGUITIES: true,
    });
  });

  readonly duration: Rule = this.RULE('duration', () => {
    this.SUBRULE(this.arithmetic);
    this.SUBRULE(this.unit);
  });

  readonly unit: Rule = this.RULE('unit', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(k.steps) },
        {
          ALT: () => {
            this.CONSUME(k.epochs);
            this.OPTION(() => {
              this.CONSUME(k.of);
              this.CONSUME(Name);
            });
          },
        },
      ],
      ERR_MSG: '`steps` or `epochs`',
    });
  });

  /** An index, or a slice: `v[0]`, `v[0..8]`, `x[height: 8..24, width: 8..]`. */
  readonly index: Rule = this.RULE('index', () => {
    this.CONSUME(LSquare);
    this.listed(this.place);
    this.CONSUME(RSquare);
  });

  readonly place: Rule = this.RULE('place', () => {
    this.OPTION(() => {
      this.CONSUME(Word);
      this.CONSUME(Colon);
    });
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.above) },
        {
          ALT: () => {
            this.SUBRULE(this.expression);
            this.OPTION2(() => this.SUBRULE2(this.above));
          },
        },
      ],
      ERR_MSG: 'an expression',
    });
  });

  /** `..24`, or `..` up to the end. */
  readonly above: Rule = this.RULE('above', () => {
    this.CONSUME(DotDot);
    this.OPTION(() => this.SUBRULE(this.expression));
  });

  readonly field: Rule = this.RULE('field', () => {
    this.CONSUME(Dot);
    this.CONSUME(Word);
  });

  private touching(): boolean {
    return touches(this.LA(0), this.LA(1));
  }

  /** A reserved word alone between an argument's `:` and the next `,` or `)`. */
  private choiceWord(): boolean {
    const alone = (next: IToken) => is(next, Comma) || is(next, RParen);
    return is(this.LA(0), Colon) && isReserved(this.LA(1)) && !is(this.LA(1), Boolean) && alone(this.LA(2));
  }
}
