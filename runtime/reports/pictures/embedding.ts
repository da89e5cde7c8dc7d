/**
 * `embedding(E(test.image), colour: test.label, show: test.image)`: codes of many numbers as points in the plane that holds most
 * of their variance (principal components), coloured by class. In: codes [N, ...], classes [N], images or sequences [N, ...].
 * Out: a PNG; and for the run's page the points, with what stands behind each, and the codes for a layout by UMAP.
 */
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { classNumbers, commonRows, rowWidth } from '../metrics/metric.ts';
import type { Values } from '../metrics/metric.ts';
import { writePng } from '../../formats/png.ts';
import type { About, Picture } from './picture.ts';
import { drawPlot } from './plot.ts';
import { pointsOf, thumbnailsOf } from './points.ts';
import { principalAxes } from './principal.ts';

/** What the axes of a principal plane are called. */
export const planeAxes = ['first principal component', 'second principal component'] as const;

/** Coordinates of the rows along their first two principal axes, x, y, x, y, ... */
export const principalPlane = (values: Values, width: number, pulse: Pulse = still): Float64Array =>
  principalAxes(values, width, { count: 2, steps: 60, pulse });

/** The names of so many classes: the data's own, or their numbers. */
function classNames(count: number, known: readonly string[] = []): readonly string[] {
  return Array.from({ length: count }, (_, i) => known[i] ?? String(i));
}

const classesOf = (groups: Int32Array, { classes = {} }: About): readonly string[] =>
  classNames(
    groups.reduce((most, group) => Math.max(most, group + 1), 1),
    classes.colour,
  );

export const embedding: Picture = {
  signature: {
    name: 'embedding',
    medium: 'picture',
    doc: "Codes as points, by their two principal components, coloured by class. On the run's page also by UMAP, with what stands behind each point.",
    params: [
      { name: 'codes', type: 'value', doc: 'what to lay out' },
      { name: 'colour', type: 'value', default: null, doc: 'the class of each row' },
      {
        name: 'show',
        type: 'value',
        default: null,
        doc: "an image or a sequence of each row, for the run's page",
      },
      { name: 'rows', type: 'int', interval: '[1, ∞)', default: 1000, doc: 'how many rows to show' },
    ],
  },
  draw(values, _options, about) {
    const { codes, colour, show } = values;
    const { names = {}, pulse } = about;
    const rows = commonRows(values);
    const width = rowWidth(codes);
    const points =
      width === 1
        ? Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? codes.data[i >> 1] : 0))
        : principalPlane(codes, width, pulse);
    const groups = colour ? classNumbers(colour) : new Int32Array(rows);
    const called = classesOf(groups, about);
    const axes = width > 1 ? planeAxes : null;
    const plot = drawPlot({ points, groups, names: called, ticks: false, axes, square: width > 1 });
    const classes = colour ? { name: names.colour ?? 'colour', names: called } : null;
    const said = { name: names.codes ?? 'codes', classes, groups };
    const thumbnails = show ? thumbnailsOf(show, names.show ?? 'show') : null;
    return { png: writePng(plot), points: { ...pointsOf(codes, points, said, pulse), thumbnails } };
  },
};
