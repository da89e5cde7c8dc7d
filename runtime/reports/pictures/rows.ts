/**
 * `rows(test.image, G(E(test.image)))`: sets of images under each other, so that each column is one row of the data
 * and what became of it. In: several [N, C, H, W]. Out: a PNG, in bands of as many columns as fit.
 */
import { writePng } from '../../formats/png.ts';
import { rangeParam } from './grid.ts';
import { numberOption } from './picture.ts';
import type { Picture } from './picture.ts';
import { drawSheet, shownRange } from './sheet.ts';

export const rows: Picture = {
  signature: {
    name: 'rows',
    medium: 'picture',
    doc: 'Sets of images, one under the other, column by column the same row.',
    params: [
      { name: 'images', type: 'values', doc: 'the sets to compare' },
      {
        name: 'columns',
        type: 'int',
        interval: '[1, ∞)',
        default: 16,
        doc: 'images side by side; more go to a band below',
      },
      rangeParam,
    ],
  },
  draw(values, options) {
    const sets = Object.values(values);
    const count = Math.min(...sets.map(({ shape }) => shape[0]));
    const columns = Math.min(count, Math.max(1, numberOption(options, 'columns', 16)));
    const bands = Math.ceil(count / columns);
    const cells = Array.from({ length: bands * sets.length * columns }, (_, i) => {
      const line = Math.floor(i / columns);
      const row = Math.floor(line / sets.length) * columns + (i % columns);
      return row < count ? { of: sets[line % sets.length], row } : null;
    });
    return { png: writePng(drawSheet(cells, columns, shownRange(options, sets), { band: sets.length })) };
  },
};
