/** The rules of schedules and reports, and of what statements have in common with declarations. */
import type { Rule } from './expression-parser.ts';
import { Colon, Comma, Equals, keywords as k, LBrace, Name, RBrace, Text } from './tokens.ts';
import { TypeParser } from './type-parser.ts';

export abstract class ScheduleParser extends TypeParser {
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

  readonly names: Rule = this.RULE('names', () => {
    this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => this.CONSUME(Name) });
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

  readonly batch: Rule = this.RULE('batch', () => {
    this.CONSUME(k.batch);
    this.SUBRULE(this.arithmetic);
  });
}
