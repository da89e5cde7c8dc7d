/** The rules of types, which stand in declarations alone. */
import { ExpressionParser, type Rule } from './expression-parser.ts';
import { Colon, Comma, keywords as k, LBrace, LSquare, Name, RBrace, RSquare, Word } from './tokens.ts';

export abstract class TypeParser extends ExpressionParser {
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
    this.listed(this.arithmetic);
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
    this.listed(this.typeField);
    this.CONSUME(RBrace);
  });

  readonly typeField: Rule = this.RULE('typeField', () => {
    this.CONSUME(Word);
    this.CONSUME(Colon);
    this.SUBRULE(this.type);
  });
}
