/** What tests give items of the vocabulary (workbench.ts), as values. */
import type { Node } from '../../compiler/ir/node.ts';
import type { TensorType } from '../../compiler/types.ts';
import type { TensorValue, Value } from '../../compiler/values.ts';

export type Given = Value | number | string | boolean | readonly number[] | readonly Value[];

export function asValue(given: Given): Value {
  if (typeof given === 'number') return { sort: 'number', value: given };
  if (typeof given === 'string') return { sort: 'string', value: given };
  return given as Value;
}

export function lazily(unbiased: Node, biased: () => Node, type: TensorType, ident: string): TensorValue {
  let made: Node | undefined;
  return {
    sort: 'tensor',
    type,
    ident,
    unbiased,
    get node() {
      return (made ??= biased());
    },
  };
}
