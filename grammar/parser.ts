/**
 * The grammar: tokens of one declaration in, its concrete syntax tree out. Nothing is built here; toAst.ts reads
 * the tree. LL(2) with chevrotain's recovery. Operators are read as flat lists, so that a bracket costs few
 * stack frames; their precedence is toAst.ts's. Rules stand in the order of LANGUAGE.md's tables.
 */
import { CstParser, type CstNode, type IToken, type ParserMethod } from 'chevrotain';
import {
  allTokens,
  ArithmeticOperator,
  Arrow,
  BinaryOperator,
  Boolean,
  Colon,
  Comma,
  Dot,
  DotDot,
  Equals,
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
  Tilde,
  touches,
  Word,
} from './tokens.ts';
import { messageProvider } from './syntax-errors.ts';

type Rule = ParserMethod<[], CstNode>;

export class SpecParser extends CstParser {
  /** `validated`: chevrotain looks for ambiguities and the like, which takes as long as the rest; a test does it. */
  constructor(validated = false) {
    super(allTokens, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: messageProvider,
      skipValidations: !validated,
    });
    this.performSelfAnalysis();
  }

  // -------------------------------------------------------------- declarations

  readonly declaration: Rule = this.RULE('declaration', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.header) },
        { ALT: () => this.SUBRULE(this.param) },
        { ALT: () => this.SUBRULE(this.profile) },
        { ALT: () => this.SUBRULE(this.data) },
        { ALT: () => this.SUBRULE(this.sample) },
        { ALT: () => this.SUBRULE(this.state) },
        { ALT: () => this.SUBRULE(this.history) },
        { ALT: () => this.SUBRULE(this.network) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.fn) },
        { ALT: () => this.SUBRULE(this.initialize) },
        { ALT: () => this.SUBRULE(this.optimizer) },
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.loss) },
        { ALT: () => this.SUBRULE(this.train) },
        { ALT: () => this.SUBRULE(this.report) },
        { ALT: () => this.SUBRULE(this.import) },
      ],
      ERR_MSG: 'a declaration',
    });
  });

  readonly header: Rule = this.RULE('header', () => {
    this.CONSUME(k.gan);
    this.CONSUME(Name);
  });

  readonly param: Rule = this.RULE('param', () => {
    this.CONSUME(k.param);
    this.CONSUME(Name);
    this.CONSUME(Colon);
    this.CONSUME2(Name, { LABEL: 'type' });
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
  });

  readonly profile: Rule = this.RULE('profile', () => {
    this.CONSUME(k.profile);
    this.CONSUME(Name);
    this.CONSUME(LBrace);
    this.MANY(() => {
      this.SUBRULE(this.setting);
      this.OPTION(() => this.CONSUME(Comma));
    });
    this.CONSUME(RBrace);
  });

  readonly setting: Rule = this.RULE('setting', () => {
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
  });

  readonly data: Rule = this.RULE('data', () => {
    this.CONSUME(k.data);
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.postfix);
    this.OPTION(() => {
      this.CONSUME(k.as);
      this.SUBRULE(this.shape);
    });
    this.OPTION2(() => this.SUBRULE(this.range));
    this.OPTION3(() => {
      this.CONSUME(k.hide);
      this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => this.CONSUME(Word, { LABEL: 'hidden' }) });
    });
    this.OPTION4(() => this.SUBRULE(this.batch));
  });

  readonly batch: Rule = this.RULE('batch', () => {
    this.CONSUME(k.batch);
    this.SUBRULE(this.arithmetic);
  });

  readonly sample: Rule = this.RULE('sample', () => {
    this.CONSUME(k.sample);
    this.CONSUME(Name);
    this.CONSUME(Tilde);
    this.SUBRULE(this.distribution);
    this.OPTION(() => this.SUBRULE(this.batch));
  });

  readonly state: Rule = this.RULE('state', () => {
    this.CONSUME(k.state);
    this.CONSUME(Name);
    this.CONSUME(Colon);
    this.SUBRULE(this.type);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
  });

  readonly history: Rule = this.RULE('history', () => {
    this.CONSUME(k.history);
    this.CONSUME(Name);
    this.CONSUME(k.of);
    this.SUBRULE(this.record);
    this.CONSUME(k.size);
    this.SUBRULE(this.arithmetic);
    this.OPTION(() => {
      this.CONSUME(k.chance);
      this.SUBRULE2(this.arithmetic, { LABEL: 'chance' });
    });
  });

  readonly distribution: Rule = this.RULE('distribution', () => {
    this.CONSUME(Name);
    this.OPTION(() => this.SUBRULE(this.dims));
    this.OPTION2(() => this.SUBRULE(this.args));
  });

  readonly network: Rule = this.RULE('network', () => {
    this.OPTION(() => this.CONSUME(k.shared));
    this.CONSUME(k.network);
    this.CONSUME(Name);
    this.OPTION4(() => this.SUBRULE(this.copies));
    this.CONSUME(LParen);
    this.OPTION2(() => {
      this.SUBRULE(this.networkInput);
      this.MANY(() => {
        this.CONSUME(Comma);
        this.SUBRULE2(this.networkInput);
      });
      this.OPTION3(() => this.CONSUME2(Comma));
    });
    this.CONSUME(RParen);
    this.CONSUME(Arrow);
    this.SUBRULE(this.type);
    this.SUBRULE(this.body);
  });

  /** `[3]`: three networks of one text. */
  readonly copies: Rule = this.RULE('copies', () => {
    this.CONSUME(LSquare);
    this.SUBRULE(this.arithmetic);
    this.CONSUME(RSquare);
  });

  readonly networkInput: Rule = this.RULE('networkInput', () => {
    this.CONSUME(Name);
    this.CONSUME(Colon);
    this.SUBRULE(this.type);
  });

  readonly body: Rule = this.RULE('body', () => {
    this.CONSUME(LBrace);
    this.MANY(() => this.SUBRULE(this.let));
    this.SUBRULE(this.expression);
    this.CONSUME(RBrace);
  });

  readonly block: Rule = this.RULE('block', () => {
    this.CONSUME(k.block);
    this.CONSUME(Name);
    this.SUBRULE(this.parameters);
    this.SUBRULE(this.body);
  });

  readonly fn: Rule = this.RULE('fn', () => {
    this.CONSUME(k.fn);
    this.CONSUME(Name);
    this.SUBRULE(this.parameters);
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Equals);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.SUBRULE(this.body) },
      ],
      ERR_MSG: '`=` or `{`',
    });
  });

  readonly parameters: Rule = this.RULE('parameters', () => {
    this.CONSUME(LParen);
    this.OPTION(() => {
      this.SUBRULE(this.parameter);
      this.MANY(() => {
        this.CONSUME(Comma);
        this.SUBRULE2(this.parameter);
      });
      this.OPTION2(() => this.CONSUME2(Comma));
    });
    this.CONSUME(RParen);
  });

  readonly parameter: Rule = this.RULE('parameter', () => {
    this.CONSUME(Name);
    this.OPTION(() => {
      this.CONSUME(Colon);
      this.SUBRULE(this.type);
    });
    this.OPTION2(() => {
      this.CONSUME(Equals);
      this.SUBRULE(this.expression);
    });
  });

  readonly initialize: Rule = this.RULE('initialize', () => {
    this.CONSUME(k.initialize);
    this.SUBRULE(this.names);
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(k.with);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.SUBRULE(this.origin) },
      ],
      ERR_MSG: '`with` or `from`',
    });
  });

  /** Whose weights: those of a run, of a file, of another network. */
  readonly origin: Rule = this.RULE('origin', () => {
    this.CONSUME(k.from);
    this.SUBRULE(this.postfix);
    this.OPTION(() => {
      this.CONSUME(k.of);
      this.CONSUME(Text);
    });
    this.OPTION2(() => {
      this.CONSUME(k.at);
      this.SUBRULE(this.arithmetic);
    });
    this.OPTION3(() => this.CONSUME(k.partly));
  });

  readonly optimizer: Rule = this.RULE('optimizer', () => {
    this.CONSUME(k.optimizer);
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
  });

  readonly names: Rule = this.RULE('names', () => {
    this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => this.CONSUME(Name) });
  });

  readonly let: Rule = this.RULE('let', () => {
    this.CONSUME(k.let);
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
  });

  readonly loss: Rule = this.RULE('loss', () => {
    this.CONSUME(k.loss);
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
  });

  readonly import: Rule = this.RULE('import', () => {
    this.CONSUME(k.import);
    this.CONSUME(Text);
  });

  // -------------------------------------------------------------- schedules and reports

  readonly train: Rule = this.RULE('train', () => {
    this.CONSUME(k.train);
    this.CONSUME(k.for);
    this.SUBRULE(this.duration);
    this.OPTION(() => {
      this.CONSUME(Comma);
      this.SUBRULE(this.batch);
    });
    this.SUBRULE(this.statements);
  });

  readonly statements: Rule = this.RULE('statements', () => {
    this.CONSUME(LBrace);
    this.MANY(() => this.SUBRULE(this.statement));
    this.CONSUME(RBrace);
  });

  readonly statement: Rule = this.RULE('statement', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.phase) },
      { ALT: () => this.SUBRULE(this.repeat) },
      { ALT: () => this.SUBRULE(this.together) },
      { ALT: () => this.SUBRULE(this.start) },
      { ALT: () => this.SUBRULE(this.timed) },
    ]);
  });

  /** What may have an `every` before it. */
  readonly timed: Rule = this.RULE('timed', () => {
    this.OPTION(() => this.SUBRULE(this.every));
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.update) },
        { ALT: () => this.SUBRULE(this.average) },
        { ALT: () => this.SUBRULE(this.set) },
      ],
      ERR_MSG: '`update`, `average` or `set`',
    });
  });

  readonly phase: Rule = this.RULE('phase', () => {
    this.CONSUME(k.phase);
    this.CONSUME(Name);
    this.OPTION(() => {
      this.CONSUME(k.for);
      this.SUBRULE(this.duration);
    });
    this.SUBRULE(this.statements);
  });

  /** What a phase begins with. */
  readonly start: Rule = this.RULE('start', () => {
    this.CONSUME(k.initialize);
    this.SUBRULE(this.names);
    this.SUBRULE(this.origin);
  });

  readonly repeat: Rule = this.RULE('repeat', () => {
    this.CONSUME(k.repeat);
    this.SUBRULE(this.arithmetic);
    this.OPTION(() => {
      this.CONSUME(Name, { LABEL: 'option' });
      this.CONSUME(Colon);
      this.SUBRULE(this.expression);
    });
    this.SUBRULE(this.statements);
  });

  readonly together: Rule = this.RULE('together', () => {
    this.CONSUME(k.together);
    this.CONSUME(LBrace);
    this.MANY(() => this.SUBRULE(this.member));
    this.CONSUME(RBrace);
  });

  /** What stands in a `together`. */
  readonly member: Rule = this.RULE('member', () => {
    this.OPTION(() => this.SUBRULE(this.every));
    this.OR({
      DEF: [{ ALT: () => this.SUBRULE(this.update) }, { ALT: () => this.SUBRULE(this.set) }],
      ERR_MSG: '`update` or `set`',
    });
  });

  readonly update: Rule = this.RULE('update', () => {
    this.CONSUME(k.update);
    this.SUBRULE(this.names);
    this.CONSUME(k.to);
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(k.minimize, { LABEL: 'sense' }) },
        { ALT: () => this.CONSUME(k.maximize, { LABEL: 'sense' }) },
      ],
      ERR_MSG: '`minimize` or `maximize`',
    });
    this.SUBRULE(this.expression);
    this.CONSUME(k.with);
    this.SUBRULE2(this.expression, { LABEL: 'optimizer' });
    this.OPTION(() => {
      this.CONSUME(k.when);
      this.SUBRULE3(this.expression, { LABEL: 'when' });
    });
  });

  readonly average: Rule = this.RULE('average', () => {
    this.CONSUME(k.average);
    this.CONSUME(Name);
    this.CONSUME(k.decay);
    this.SUBRULE(this.arithmetic);
  });

  readonly set: Rule = this.RULE('set', () => {
    this.CONSUME(k.set);
    this.CONSUME(Name);
    this.CONSUME(k.to);
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(k.when);
      this.SUBRULE2(this.expression, { LABEL: 'when' });
    });
  });

  readonly report: Rule = this.RULE('report', () => {
    this.CONSUME(k.report);
    this.SUBRULE(this.due);
    this.CONSUME(LBrace);
    this.MANY(() => this.SUBRULE(this.line));
    this.CONSUME(RBrace);
  });

  readonly line: Rule = this.RULE('line', () => {
    this.OPTION(() => this.SUBRULE(this.due));
    this.OR({
      DEF: [{ ALT: () => this.SUBRULE(this.show) }, { ALT: () => this.SUBRULE(this.recalibrate) }],
      ERR_MSG: '`picture`, `metric`, `sound` or `recalibrate`',
    });
  });

  readonly show: Rule = this.RULE('show', () => {
    this.OR([
      { ALT: () => this.CONSUME(k.picture, { LABEL: 'medium' }) },
      { ALT: () => this.CONSUME(k.metric, { LABEL: 'medium' }) },
      { ALT: () => this.CONSUME(k.sound, { LABEL: 'medium' }) },
    ]);
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
    this.OPTION(() => this.SUBRULE(this.goal));
  });

  readonly goal: Rule = this.RULE('goal', () => {
    this.CONSUME(k.goal);
    this.SUBRULE(this.arithmetic);
    this.OPTION(() => {
      this.CONSUME(k.from);
      this.CONSUME(Text);
    });
  });

  readonly recalibrate: Rule = this.RULE('recalibrate', () => {
    this.CONSUME(k.recalibrate);
    this.SUBRULE(this.postfix);
    this.CONSUME(k.for);
    this.SUBRULE(this.duration);
  });

  readonly every: Rule = this.RULE('every', () => {
    this.CONSUME(k.every);
    this.SUBRULE(this.arithmetic);
    this.optionalUnit();
  });

  /** Of an `every` and of moments. */
  private optionalUnit(): void {
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.CONSUME(k.steps, { LABEL: 'unit' }) },
        { ALT: () => this.CONSUME(k.epochs, { LABEL: 'unit' }) },
      ]),
    );
  }

  /** When a report or one of its lines is due. */
  readonly due: Rule = this.RULE('due', () => {
    this.SUBRULE(this.every);
    this.OPTION(() => this.SUBRULE(this.moments));
  });

  readonly moments: Rule = this.RULE('moments', () => {
    this.CONSUME(k.and);
    this.CONSUME(k.at);
    this.SUBRULE(this.arithmetic);
    this.MANY(() => {
      this.CONSUME(Comma);
      this.SUBRULE2(this.arithmetic);
    });
    this.optionalUnit();
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

  // -------------------------------------------------------------- types

  readonly type: Rule = this.RULE('type', () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.SUBRULE(this.shape);
            this.OPTION(() => this.SUBRULE(this.range));
          },
        },
        { ALT: () => this.SUBRULE(this.recordType) },
      ],
      ERR_MSG: 'a type',
    });
  });

  readonly shape: Rule = this.RULE('shape', () => {
    // `network` is reserved, and the type of a fn's parameter that takes one.
    this.OR([
      { ALT: () => this.CONSUME(Name) },
      { ALT: () => this.CONSUME(k.network, { LABEL: Name.name }) },
    ]);
    this.OPTION(() => this.SUBRULE(this.dims));
  });

  readonly dims: Rule = this.RULE('dims', () => {
    this.CONSUME(LSquare);
    this.SUBRULE(this.arithmetic);
    this.MANY(() => {
      this.CONSUME(Comma);
      this.SUBRULE2(this.arithmetic);
    });
    this.OPTION(() => this.CONSUME2(Comma));
    this.CONSUME(RSquare);
  });

  readonly range: Rule = this.RULE('range', () => {
    this.CONSUME(k.in);
    this.CONSUME(LSquare);
    this.SUBRULE(this.arithmetic);
    this.CONSUME(Comma);
    this.SUBRULE2(this.arithmetic);
    this.OPTION(() => this.CONSUME2(Comma));
    this.CONSUME(RSquare);
  });

  readonly recordType: Rule = this.RULE('recordType', () => {
    this.CONSUME(LBrace);
    this.SUBRULE(this.typeField);
    this.MANY(() => {
      this.CONSUME(Comma);
      this.SUBRULE2(this.typeField);
    });
    this.OPTION(() => this.CONSUME2(Comma));
    this.CONSUME(RBrace);
  });

  readonly typeField: Rule = this.RULE('typeField', () => {
    this.CONSUME(Word);
    this.CONSUME(Colon);
    this.SUBRULE(this.type);
  });

  // -------------------------------------------------------------- expressions

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
      this.OR([
        { ALT: () => this.SUBRULE(this.series) },
        {
          ALT: () => {
            this.SUBRULE(this.expression);
            this.MANY(() => {
              this.CONSUME(Comma);
              this.SUBRULE2(this.expression);
            });
            this.OPTION2(() => this.CONSUME2(Comma));
          },
        },
      ]);
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
    this.OPTION(() => {
      this.SUBRULE(this.recordField);
      this.MANY(() => {
        this.CONSUME(Comma);
        this.SUBRULE2(this.recordField);
      });
      this.OPTION2(() => this.CONSUME2(Comma));
    });
    this.CONSUME(RBrace);
  });

  readonly recordField: Rule = this.RULE('recordField', () => {
    this.CONSUME(Word);
    this.CONSUME(Colon);
    this.SUBRULE(this.expression);
  });

  readonly args: Rule = this.RULE('args', () => {
    this.CONSUME(LParen);
    this.OPTION(() => {
      this.SUBRULE(this.argument);
      this.MANY(() => {
        this.CONSUME(Comma);
        this.SUBRULE2(this.argument);
      });
      this.OPTION2(() => this.CONSUME2(Comma));
    });
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

  /** An index, or a slice: `v[0]`, `v[0..8]`, `x[height: 8..24, width: 8..]`. */
  readonly index: Rule = this.RULE('index', () => {
    this.CONSUME(LSquare);
    this.SUBRULE(this.place);
    this.MANY(() => {
      this.CONSUME(Comma);
      this.SUBRULE2(this.place);
    });
    this.OPTION(() => this.CONSUME2(Comma));
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
