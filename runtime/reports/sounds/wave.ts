/**
 * `wave(Vocoder(test.sound), like: test.wave)`: values that are samples themselves. In: [N, 1, samples], rows of lengths of their own too. Out: a WAV file for
 * each row, and its spectrogram in the format of the field's stream.
 */
import { spectrogram } from '../../audio/features.ts';
import type { Values } from '../metrics/metric.ts';
import { still } from '../pulse.ts';
import type { Sound, StreamFormat } from './sound.ts';
import { played } from './speech.ts';

/** Row `row` of [N, 1, samples], at its own length, back in [-1, 1]. */
function samplesAt(
  { data, shape: [, , longest], lengths }: Values,
  row: number,
  { samples: [low, high] }: Pick<StreamFormat, 'samples'>,
): Float64Array {
  const length = lengths?.[row] ?? longest;
  return Float64Array.from({ length }, (_, n) => (2 * (data[row * longest + n] - low)) / (high - low) - 1);
}

export const wave: Sound = {
  signature: {
    name: 'wave',
    medium: 'sound',
    doc: 'Samples as sound, a WAV file for each row.',
    params: [
      { name: 'samples', type: 'value', doc: 'what to play: seq[1, n], as those of `like`' },
      {
        name: 'like',
        type: 'value',
        doc: "a field of a source's sounds, `test.wave` or `test.sound`: its rate and the range of its samples are those of the numbers",
      },
      { name: 'rows', type: 'int', interval: '[1, ∞)', default: 4, doc: 'how many rows to play' },
    ],
  },
  play({ samples }, _options, stream, pulse = still) {
    if (samples.shape.length !== 3 || samples.shape[1] !== 1)
      throw new Error(
        `wave plays samples, seq[1, n], and these have the shape [${samples.shape.slice(1).join(', ')}]`,
      );
    if (samples.data.some((x: number) => !Number.isFinite(x)))
      throw new Error('the samples are not finite numbers');
    return Array.from({ length: samples.shape[0] }, (_, row) => {
      pulse(row / samples.shape[0]);
      const heard = samplesAt(samples, row, stream);
      return played(heard, spectrogram(heard, stream.format), stream.format);
    });
  },
};
