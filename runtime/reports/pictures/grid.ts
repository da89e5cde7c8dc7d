/** `grid(fake)`: images side by side in a square. In: [N, C, H, W]. Out: a PNG. */
import type { ParamSpec } from '../../../program/catalogue.ts';
import { writePng } from '../../formats/png.ts';
import { numberOption } from './picture.ts';
import type { Picture } from './picture.ts';
import { drawSheet, shownRange } from './sheet.ts';

export const rangeParam: ParamSpec = {
  name: 'range',
  type: 'reals',
  default: null,
  doc: "the values shown as black and white (default: the image's own range)",
};

export const grid: Picture = {
  signature: {
    name: 'grid',
    medium: 'picture',
    doc: 'Images in a grid, row by row.',
    params: [
      { name: 'images', type: 'value', doc: 'what to show' },
      {
        name: 'columns',
        type: 'int',
        interval: '[1, ∞)',
        default: null,
        doc: 'images in a row (default: a square)',
      },
      rangeParam,
    ],
  },
  draw(values, options) {
    const [images] = Object.values(values);
    const rows = images.shape[0];
    const columns = Math.max(1, numberOption(options, 'columns', Math.ceil(Math.sqrt(rows))));
    const cells = Array.from({ length: rows }, (_, row) => ({ of: images, row }));
    return { png: writePng(drawSheet(cells, Math.min(columns, rows), shownRange(options, [images]))) };
  },
};
