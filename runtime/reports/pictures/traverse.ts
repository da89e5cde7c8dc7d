/**
 * `traverse(fake, rows: digit, columns: style[0], from: -2, to: 2)`: what one sample changes, all else being equal.
 * A class takes each of its values, a number takes `steps` from one end to the other. In: which samples vary, then
 * the images that the graph made of them. Out: what to feed, then a PNG with the values written beside it.
 */
import type { Varied } from '../../../program/manifest.ts';
import { writePng } from '../../formats/png.ts';
import { rangeParam } from './grid.ts';
import { numberOption } from './picture.ts';
import type { Options, Picture } from './picture.ts';
import { drawSheet, shownRange } from './sheet.ts';

/** The values that an axis takes. */
function axisValues(varied: Varied, options: Options): number[] {
  if (varied.classes !== null) return Array.from({ length: varied.classes }, (_, i) => i);
  const [from, to, steps] = [
    numberOption(options, 'from', -2),
    numberOption(options, 'to', 2),
    Math.max(1, numberOption(options, 'steps', 10)),
  ];
  return Array.from({ length: steps }, (_, i) =>
    steps === 1 ? from : from + ((to - from) * i) / (steps - 1),
  );
}

/** The values with as few decimals as tell them apart. */
function axisLabels(values: readonly number[]): string[] {
  const tries = [0, 1, 2, 3].map((digits) => values.map((value) => String(Number(value.toFixed(digits)))));
  return tries.find((texts) => new Set(texts).size === values.length) ?? tries[3];
}

export const traverse: Picture = {
  signature: {
    name: 'traverse',
    medium: 'picture',
    doc: 'Images while one or two samples go through their values and all others stay.',
    params: [
      { name: 'images', type: 'value', doc: 'what to show' },
      {
        name: 'rows',
        type: 'varied',
        default: null,
        doc: 'varies from row to row; left out, each row is another draw',
      },
      { name: 'columns', type: 'varied', doc: 'varies from column to column' },
      { name: 'from', type: 'real', default: -2, doc: "a number's first value" },
      { name: 'to', type: 'real', default: 2, doc: 'its last' },
      { name: 'steps', type: 'int', interval: '[1, ∞)', default: 10, doc: 'how many values it takes' },
      rangeParam,
    ],
  },
  feed({ rows, columns }, options, count) {
    const across = axisValues(columns, options);
    const down = rows ? axisValues(rows, options) : Array.from({ length: Math.min(count, 8) }, (_, i) => i);
    const cells = down.flatMap((value, row) => across.map((other) => ({ value, other, row })));
    const given: Record<string, Float64Array> = {
      [columns.input]: Float64Array.from(cells, ({ other }) => other),
    };
    if (rows) given[rows.input] = Float64Array.from(cells, ({ value }) => value);
    return { rows: cells.length, given, drawRows: Uint32Array.from(cells, ({ row }) => (rows ? 0 : row)) };
  },
  draw(values, options, { varied = {} }) {
    const [images] = Object.values(values);
    const { rows, columns } = varied;
    const across = axisLabels(axisValues(columns, options));
    const cells = Array.from({ length: images.shape[0] }, (_, row) => ({ of: images, row }));
    const labels = { columns: across, ...(rows ? { rows: axisLabels(axisValues(rows, options)) } : {}) };
    return { png: writePng(drawSheet(cells, across.length, shownRange(options, [images]), labels)) };
  },
};
