/**
 * `spectrograms(test.sound, test.other, converted)`: sets of sequences under each other, each band of strips one row of
 * the data and what became of it: time to the right, frequency upwards. In: several [N, channels, frames]. Out: a PNG.
 */
import { writePng } from '../../formats/png.ts';
import type { StreamFormat } from '../sounds/sound.ts';
import type { Values } from '../metrics/metric.ts';
import { rangeParam } from './grid.ts';
import type { Picture } from './picture.ts';
import { shownRange } from './sheet.ts';
import { drawStrips } from './strips.ts';

function checked(values: readonly Values[]): void {
  for (const { shape } of values) {
    if (shape.length !== 3)
      throw new Error(`spectrograms shows sequences, not values of shape [${shape.join(', ')}]`);
  }
}

/** Codes that were made of sound are none: their channels aren't its bands. */
const isSound = (sets: readonly Values[], { format }: Pick<StreamFormat, 'format'>): boolean =>
  sets.every(({ shape }) => shape[1] === format.channels);

export const spectrograms: Picture = {
  signature: {
    name: 'spectrograms',
    medium: 'picture',
    doc: 'Sets of sequences, one under the other, row by row: seconds to the right, Hz upwards; where they are no sound, frames and channels.',
    params: [
      { name: 'sequences', type: 'values', doc: 'the sets to compare' },
      { name: 'rows', type: 'int', interval: '[1, ∞)', default: 4, doc: 'how many rows to show' },
      rangeParam,
    ],
  },
  anyLength: true,
  draw(values, options, { names = {}, sound }) {
    const sets = Object.values(values);
    checked(sets);
    const heard = sound !== undefined && isSound(sets, sound) ? sound : null;
    const range = shownRange(options, sets);
    const texts = Object.keys(values).map((name) => names[name] ?? '');
    return { png: writePng(drawStrips({ sets, names: texts, range, sound: heard })) };
  },
};
