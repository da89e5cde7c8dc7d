/**
 * Which shapes pictures and metrics take, said before the run that would make them: what is shown as an image is one, and what is
 * compared number by number has as many, in one range. In: a call's values; out: a mistake where they don't fit.
 */
import { printBounds, sameBounds } from '../bind/types.ts';
import { kinds } from '../errors.ts';
import { comparedSets } from './compared.ts';
import { product, type Dim } from '../ir/dim.ts';
import { printType } from '../types.ts';
import { misfit, valuesOf, type ReportCall } from './report-line.ts';
import type { ReportValue } from './report-values.ts';

/** The parameters whose rows are compared number by number. */
const compared: Readonly<Record<string, readonly [string, string]>> = {
  ...comparedSets,
  coverage: ['points', 'among'],
  probe: ['code', 'among'],
};

const shown: Readonly<Record<string, (call: ReportCall) => void>> = {
  grid: (call) => requireImages(call, 'images'),
  rows: (call) => requireImages(call, 'images'),
  traverse: (call) => requireImages(call, 'images'),
  scatter: requirePoints,
  spectrograms: (call) => requireEach(call, 'sequences', isSequence, 'sequences, seq[C, T]'),
  embedding: (call) =>
    requireEach(call, 'show', (value) => isSequence(value) || isImage(value), 'images or sequences'),
};

/** Lengths that differ from row to row are left to the run. */
export function requireShapes(call: ReportCall): void {
  shown[call.fn]?.(call);
  if (call.fn in compared) requireAlike(call, ...compared[call.fn]);
}

const isSequence = ({ value }: ReportValue): boolean => value.type.shape.length === 2;

/** Two axes are grey. */
function isImage({ value }: ReportValue): boolean {
  const { shape } = value.type;
  const [channels] = shape;
  return shape.length === 2 || (shape.length === 3 && (channels === 1 || channels === 3));
}

const requireImages = (call: ReportCall, param: string): void =>
  requireEach(call, param, isImage, 'images of 1 or 3 channels');

function requireEach(
  call: ReportCall,
  param: string,
  fits: (value: ReportValue) => boolean,
  wanted: string,
): void {
  for (const [name, value] of valuesOf(call, param))
    if (!fits(value))
      throw misfit(call, name, `takes ${wanted}, and ${typed(value)} is given`, {
        hint: '`grid` and `rows` show images, a map channel by channel (`x[channels: 0..1]`); `scatter` and `embedding` show points.',
      });
}

function requirePoints(call: ReportCall): void {
  const [first, ...others] = valuesOf(call, 'points');
  const width = widthOf(first[1]);
  if (width === 1)
    throw misfit(call, first[0], 'takes points of two coordinates or more, and these have 1', {
      hint: 'Put two values side by side: `concat(a, b)`; the mean or spread of one is a `metric`.',
    });
  for (const [name, value] of others)
    if (differ(width, widthOf(value)))
      throw misfit(call, name, `is ${typed(value)}, and the first set is ${typed(first[1])}`, {
        hint: 'Show sets of points alike in one picture, others in another.',
      });
}

function requireAlike(call: ReportCall, left: string, right: string): void {
  const { [left]: a, [right]: b } = call.values;
  if (a === undefined || b === undefined) return;
  // Of steps, each is compared by itself.
  const steps = call.values.label?.value.type.form === 'seq';
  const widths = [a, b].map((one) => (steps ? one.value.type.shape[0] : widthOf(one)));
  if (differ(widths[0], widths[1]))
    throw misfit(call, right, `is ${typed(b)}, and \`${left}\` is ${typed(a)}`, {
      hint: 'Compare the same features of both.',
    });
  const [p, q] = [a, b].map(({ value }) => value.type.range);
  if (p !== null && q !== null && !sameBounds(p, q))
    throw misfit(call, right, `is in ${printBounds(q)}, and \`${left}\` is in ${printBounds(p)}`, {
      kind: kinds.range,
      why: 'How far apart the two ranges are is all that is measured.',
      hint: 'Convert the data (`data … in ...`), or end the network with the activation that gives its range.',
    });
}

const widthOf = ({ value }: ReportValue): Dim => product(value.type.shape);

const differ = (a: Dim, b: Dim): boolean => typeof a === 'number' && typeof b === 'number' && a !== b;

const typed = ({ value }: ReportValue): string => printType({ ...value.type, range: null });
