/**
 * `scatter(ring.point, fake)`: sets of points in the plane, one colour each, in true coordinates: whether a generator
 * finds all of a toy's centres. In: several [N, 2]. Out: a PNG.
 */
import { rowWidth } from '../metrics/metric.ts';
import { writePng } from '../formats/png.ts';
import type { Picture } from './picture.ts';
import { drawPlot } from './plot.ts';

export const scatter: Picture = {
  signature: {
    name: 'scatter',
    medium: 'picture',
    doc: 'Sets of points in the plane, each in its colour.',
    params: [
      { name: 'points', type: 'values', doc: 'sets of points with two coordinates' },
      { name: 'rows', type: 'int', default: 1000, doc: 'how many points of each set to show' },
    ],
  },
  draw(values) {
    const sets = Object.values(values);
    const wrong = sets.find((set) => rowWidth(set) !== 2);
    if (wrong) throw new Error(`scatter shows points of two coordinates, not of ${rowWidth(wrong)}`);
    const points = Float64Array.from(
      sets.flatMap(({ data, shape }) => Array.from(data.subarray(0, 2 * shape[0]))),
    );
    const groups = sets.flatMap(({ shape }, i) => Array<number>(shape[0]).fill(i));
    const names = sets.map((_, i) => String(i + 1));
    return { png: writePng(drawPlot({ points, groups, names, ticks: true, square: true })) };
  },
};
