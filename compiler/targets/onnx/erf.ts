/**
 * The error function in doubles, for which ONNX's CPU kernels have none: rational approximations of Cody,
 * "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969), 631-637.
 * erf(x) = x·P(x²)/Q(x²) up to 0.5; 1 - e^(-x²)·R(x)/S(x) above. Cody has a third interval above 4; there erfc is below
 * 1.6e-8, and the second form is good enough for 1e-12.
 */
import type { Place } from './value.ts';
import { scalar } from './value.ts';

/** Highest power first. */
const P = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3,
];
const Q = [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];
const R = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3,
];
const S = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];

/** The name of erf of the tensor called `x`. */
export function erf64(p: Place, x: string): string {
  const op = (name: string, ...inputs: string[]): string => p.w.node(name, inputs);
  const number = (value: number): string => scalar(p, value);
  const horner = (coefficients: readonly number[], at: string): string =>
    coefficients
      .slice(2)
      .reduce(
        (sum, c) => op('Add', op('Mul', sum, at), number(c)),
        op('Add', op('Mul', at, number(coefficients[0])), number(coefficients[1])),
      );
  const size = op('Abs', x);
  const square = op('Mul', x, x);
  const near = op('Mul', x, op('Div', horner(P, square), horner(Q, square)));
  const tail = op('Mul', op('Exp', op('Neg', square)), op('Div', horner(R, size), horner(S, size)));
  const far = op('Mul', op('Sign', x), op('Sub', number(1), tail));
  return op('Where', op('Less', size, number(0.5)), near, far);
}
