/**
 * The grammar: tokens of one declaration in, its concrete syntax tree out. Nothing is built here; toAst.ts reads
 * the tree. LL(2) with chevrotain's recovery. Chevrotain wants all rules in one object; so its class is a chain, from
 * expressions (expression-parser.ts) over types and schedules to declarations, which are here. Rules stand in the order
 * of language.md's tables.
 */
import type { Rule } from './expression-parser.ts';
import { ScheduleParser } from './schedule-parser.ts';
import {
  Arrow,
  Colon,
  Comma,
  Equals,
  keywords as k,
  LBrace,
  LParen,
  LSquare,
  Name,
  RBrace,
  RParen,
  RSquare,
  Text,
  Tilde,
  Word,
} from './tokens.ts';

export class SpecParser extends ScheduleParser {
  constructor(validated = false) {
    super(validated);
    // Once all rules are there.
    this.performSelfAnalysis();
  }

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
    this.OPTION2(() => this.listed(this.networkInput));
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
    this.OPTION(() => this.listed(this.parameter));
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

  readonly optimizer: Rule = this.RULE('optimizer', () => {
    this.CONSUME(k.optimizer);
    this.CONSUME(Name);
    this.CONSUME(Equals);
    this.SUBRULE(this.expression);
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
}
