/** What PyTorch said (from_torch.json, by from_torch.py), and its calls made again here. In: a case; out: values on a workbench. */
import { readFileSync } from 'node:fs';
import type { TensorType } from '../../compiler/types.ts';
import type { TensorValue, Value } from '../../compiler/values.ts';
import type { optimizers } from '../../compiler/vocabulary/optimizers.ts';
import type { OptimizerArguments } from '../../compiler/vocabulary/optimizer.ts';
import type { Given, Workbench } from '../vocabulary/workbench.ts';

export interface Told {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A value of the language: an input, a call, a list, `distance` as a function, or what it is. */
export type Expression =
  | { readonly input: string }
  | { readonly call: string; readonly with: Readonly<Record<string, Expression>> }
  | { readonly distance: true }
  | readonly Expression[]
  | number
  | string
  | boolean;

export interface Asked {
  readonly value: Expression;
  readonly inputs: Readonly<Record<string, Told & { readonly type: Partial<TensorType> }>>;
  /** Weights, buffers and draws. */
  readonly leaves: Readonly<Record<string, Told>>;
}

export interface Case extends Asked {
  /** By field of a record or distribution; '': of the value itself. */
  readonly wanted: Readonly<Record<string, Told>>;
  readonly mode?: 'report';
  readonly sizes?: Readonly<Record<string, number>>;
}

/** Of a minibatch whose rows are all equal: what comes out, and the gradient of the sum of cotangent · value. */
export interface EqualCase extends Asked {
  readonly wanted: Told;
  readonly cotangent: Told;
  /** By input or weight. */
  readonly gradients: Readonly<Record<string, Told>>;
}

export interface Trained {
  readonly given: OptimizerArguments;
  readonly gradients: readonly number[];
  readonly weights: readonly number[];
}

export const known = JSON.parse(readFileSync(new URL('from_torch.json', import.meta.url), 'utf8')) as {
  readonly vocabulary: Readonly<Record<string, readonly Case[]>>;
  readonly optimizers: Readonly<Record<keyof typeof optimizers, readonly Trained[]>>;
  readonly equal: readonly EqualCase[];
};

/** The call's value, its inputs and leaves set to their numbers. */
export function made({ value, inputs: told, leaves }: Asked, bench: Workbench): Value {
  const inputs = new Map<string, TensorValue>();
  for (const [name, { shape, data, type }] of Object.entries(told)) {
    bench.set(name, shape, data);
    inputs.set(name, bench.input(name, type.rows === null ? shape : shape.slice(1), type));
  }
  for (const [name, { shape, data }] of Object.entries(leaves)) bench.set(name, shape, data);
  return valueOf(value, bench, inputs) as Value;
}

function valueOf(expression: Expression, bench: Workbench, inputs: ReadonlyMap<string, TensorValue>): Given {
  if (typeof expression !== 'object') return expression;
  if ('input' in expression) return inputs.get(expression.input)!;
  if ('distance' in expression) return { sort: 'network', name: 'any', averaged: false };
  if ('call' in expression) {
    const given = Object.entries(expression.with).map(
      ([name, of]) => [name, valueOf(of, bench, inputs)] as const,
    );
    return bench.apply(expression.call, Object.fromEntries(given));
  }
  return expression.map((one) => valueOf(one, bench, inputs)) as readonly Value[];
}
