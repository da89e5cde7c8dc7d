/**
 * What an expression evaluates to. A tensor carries its graph node and its type side by side, so that a type is
 * never inferred by a second set of rules. `ident` names the expression itself, whatever weights it is computed at:
 * equal expressions have equal idents, and draws inside a value are keyed by them.
 */
import type { BlockDecl, FnDecl } from '../grammar/ast.ts';
import type { Span } from '../grammar/source.ts';
import type { Node } from './ir/node.ts';
import type { HostExpr } from '../program/host.ts';
import { printType, type TensorType } from './types.ts';

export interface TensorValue {
  readonly sort: 'tensor';
  /** Shape: [rows, ...type.shape], or type.shape without rows. */
  readonly node: Node;
  readonly type: TensorType;
  readonly ident: string;
  /**
   * The node without the bias that a layer would add; a normalisation that cancels the bias takes it instead, and the
   * bias is then never made (`node` is a getter that makes it).
   */
  readonly unbiased?: Node;
}

/** A number of the host: a literal, a param, time, or arithmetic on them. */
export interface NumberValue {
  readonly sort: 'number';
  readonly value: HostExpr;
}
export interface BoolValue {
  readonly sort: 'bool';
  readonly value: boolean;
}
export interface StringValue {
  readonly sort: 'string';
  readonly value: string;
}
export interface ListValue {
  readonly sort: 'list';
  readonly items: readonly Value[];
}
export interface RecordValue {
  readonly sort: 'record';
  readonly fields: Readonly<Record<string, Value>>;
  /** For messages: `Q(...)`, `mnist`. */
  readonly of: string;
}
export type FamilyName = 'normal' | 'categorical' | 'bernoulli';
/** normal: mean, logVariance; categorical: logits; bernoulli: logits. All [rows, N]. */
export interface DistributionValue {
  readonly sort: 'distribution';
  readonly family: FamilyName;
  readonly parameters: Readonly<Record<string, TensorValue>>;
  readonly ident: string;
}
export interface NetworkValue {
  readonly sort: 'network';
  readonly name: string;
  readonly averaged: boolean;
}
/** A layer or block of a network, by its path there: `D.head`, `G.down_1.conv_2`. */
export interface LayerValue {
  readonly sort: 'layer';
  readonly network: string;
  readonly path: string;
  readonly averaged: boolean;
}
export interface FunctionValue {
  readonly sort: 'function';
  readonly declaration: FnDecl | BlockDecl;
}
/** In error, reported already: whatever it meets is unknown too, silently. */
export interface UnknownValue {
  readonly sort: 'unknown';
}

export type Value =
  | TensorValue
  | NumberValue
  | BoolValue
  | StringValue
  | ListValue
  | RecordValue
  | DistributionValue
  | NetworkValue
  | LayerValue
  | FunctionValue
  | UnknownValue;

export const unknown: UnknownValue = { sort: 'unknown' };
export const number = (value: HostExpr): NumberValue => ({ sort: 'number', value });

/** For messages: what a value is, in a word or two. */
export function describeSort(value: Value): string {
  switch (value.sort) {
    case 'tensor':
      return 'a tensor';
    case 'number':
      return 'a number';
    case 'bool':
      return 'true or false';
    case 'string':
      return 'a string';
    case 'list':
      return 'a list';
    case 'record':
      return value.of.includes(' ') ? 'a record' : `the record \`${value.of}\``;
    case 'distribution':
      return `a ${value.family} distribution`;
    case 'network':
      return `the network \`${value.name}\``;
    case 'layer':
      return `the layer \`${value.path}\``;
    case 'function':
      return `the ${value.declaration.kind === 'Fn' ? 'fn' : 'block'} ${value.declaration.name.name}`;
    case 'unknown':
      return 'a value in error';
  }
}

/** For messages: a tensor's type, a number, else what the value is. */
export function describe(value: Value): string {
  if (value.sort === 'tensor') return printType(value.type);
  if (value.sort !== 'number') return describeSort(value);
  return typeof value.value === 'number' ? String(value.value) : 'a number that changes with time';
}

/** A short stable digest (FNV-1a, two 32-bit lanes) for idents; readable parts go in front of it at the caller's wish. */
export function digest(...parts: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  const text = parts.join('\u0000');
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++; // two units of one character
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul(b ^ (code + 0x9e37), 0x01000193) >>> 0;
  }
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}

/** A host number's ident. */
export const identOfNumber = (value: HostExpr): string => JSON.stringify(value);

/** Where something was said, carried beside a value where a message may need it. */
export interface Placed<T> {
  readonly value: T;
  readonly span: Span;
}
