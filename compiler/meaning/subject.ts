/** A checked spec as it is read for its meaning, and what its readers have in common. */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import type { DataDescription } from '../../program/catalogue.ts';
import type { Length } from '../../program/manifest.ts';
import { printHost } from '../../program/host.ts';
import type { Analysis } from '../analyse/analysis.ts';
import { mentioned } from '../bind/cycles.ts';
import { printDim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { LoweredReport } from '../lower/lowered.ts';
import type { Model } from '../model.ts';
import { printType } from '../types.ts';
import type { Value } from '../values.ts';
import type { Said } from './meaning.ts';
import { Tokens, type Reading } from './tokens.ts';

export interface Subject {
  readonly analysis: Analysis;
  readonly model: Model;
  readonly reports: readonly LoweredReport[];
  /** What a run has found in its data, by stream: in the place of what is there now. */
  readonly described: Readonly<Record<string, DataDescription>>;
}

/** As written, on one line. */
export const flat = (span: Span): string => textOf(span).replace(/\s+/g, ' ');

export const written = (expr: ast.Expr): Pick<Said, 'text' | 'names'> => ({
  text: flat(expr.span),
  names: [...mentioned(expr)],
});

/** Where a text says all that there is. */
export const plain = (text: string): Said => ({ text, same: text });

export const none = '–';

export const printLength = (length: Length | null): string =>
  length === null ? none : `${length.count} ${length.unit}${length.of === null ? '' : ` of ${length.of}`}`;

/** Of a value of the analysis. */
export function tokenOf({ analysis: { evaluated } }: Subject, reading: Reading, value: Value): string {
  switch (value.sort) {
    case 'number':
      return printHost(value.value);
    case 'bool':
    case 'string':
      return String(value.value);
    default:
      return new Tokens(reading, evaluated).text(...nodesOf(value));
  }
}

/** The nodes of tensors, distributions and records, in order. */
export function nodesOf(value: Value): Node[] {
  switch (value.sort) {
    case 'tensor':
      return [value.node];
    case 'distribution':
      return Object.values(value.parameters).map(({ node }) => node);
    case 'record':
      return Object.values(value.fields).flatMap(nodesOf);
    default:
      return [];
  }
}

/** `image[1, 28, 28] in [0, 1]`, `{ digit: categorical[10] }`. `named`: with the names of fields. */
export function typeText(value: Value, named: boolean): string {
  switch (value.sort) {
    case 'tensor':
      return printType(value.type);
    case 'distribution': {
      const { shape } = Object.values(value.parameters)[0].type;
      return `${value.family}${shape.length === 0 ? '' : `[${shape.map(printDim).join(', ')}]`}`;
    }
    case 'record': {
      const fields = Object.entries(value.fields);
      const texts = fields.map(([name, one]) => `${named ? `${name}: ` : ''}${typeText(one, named)}`);
      return `{ ${texts.join(', ')} }`;
    }
    default:
      return value.sort;
  }
}
