/** All operators of ONNX graphs that are taken, by the format's names for them. */
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { movement } from './movement.ts';
import { normalisation } from './normalisation.ts';
import { numbersOperators } from './numbers.ts';
import { places } from './places.ts';
import { pooling } from './pooling.ts';
import { products } from './products.ts';
import { recurrentOperators } from './recurrent.ts';
import { reduction } from './reduction.ts';
import type { Operator } from './values.ts';

export const operators: Readonly<Record<string, Operator>> = {
  ...convolution,
  ...elementwise,
  ...movement,
  ...normalisation,
  ...numbersOperators,
  ...places,
  ...pooling,
  ...products,
  ...recurrentOperators,
  ...reduction,
};
