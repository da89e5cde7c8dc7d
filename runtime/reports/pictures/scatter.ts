/**
 * `scatter(ring.point, fake)`: sets of points in the plane, one colour each, in true coordinates: whether a generator
 * finds all of a toy's centres. Points of more coordinates (`scatter(F(black.image), F(blend.image))`) are shown in
 * the plane that holds most of the variance of all sets together: whether two domains' features lie apart. In: several
 * [N, ...]. Out: a PNG.
 */
import { rowWidth } from '../metrics/metric.ts';
import { writePng } from '../../formats/png.ts';
import { shortened } from './canvas.ts';
import { planeAxes, principalPlane } from './embedding.ts';
import type { Picture } from './picture.ts';
import { drawPlot } from './plot.ts';

/** Pixels for a set's name. */
const legendWidth = 200;

export const scatter: Picture = {
  signature: {
    name: 'scatter',
    medium: 'picture',
    doc: 'Sets of points, each in its colour: in the plane, or of more coordinates by the two principal components of all together.',
    params: [
      { name: 'points', type: 'values', doc: 'sets of points with equally many coordinates, two or more' },
      {
        name: 'rows',
        type: 'int',
        interval: '[1, ∞)',
        default: 1000,
        doc: 'how many points of each set to show',
      },
    ],
  },
  draw(values, _options, { names: written = {} }) {
    const sets = Object.values(values);
    const widths = sets.map(rowWidth);
    const width = widths[0];
    if (width < 2) throw new Error('scatter shows points of two coordinates or more, not of 1');
    if (widths.some((other) => other !== width))
      throw new Error(`scatter shows sets of points alike, not of ${widths.join(' and ')} coordinates`);
    const all = Float64Array.from(
      sets.flatMap(({ data, shape }) => Array.from(data.subarray(0, width * shape[0]))),
    );
    const points =
      width === 2 ? all : principalPlane({ data: all, shape: [all.length / width, width] }, width);
    const groups = sets.flatMap(({ shape }, i) => Array<number>(shape[0]).fill(i));
    const names = Object.keys(values).map((name, i) =>
      shortened(written[name] ?? String(i + 1), legendWidth),
    );
    const axes = width === 2 ? null : planeAxes;
    return { png: writePng(drawPlot({ points, groups, names, ticks: width === 2, axes, square: true })) };
  },
};
