/**
 * `speech(Decoder(ContentEncoder(test.sound), SpeakerEncoder(test.other)), like: test.sound)`: values that are features as the field's are,
 * turned into sound. In: [N, channels, frames]. Out: a WAV file for each row, and its spectrogram.
 */
import { still } from '../pulse.ts';
import type { Values } from '../metrics/metric.ts';
import { soundOf } from '../../audio/vocoder.ts';
import type { WantedBands } from '../../audio/vocoder.ts';
import { writePng } from '../../formats/png.ts';
import { writeWav } from '../../formats/wav.ts';
import { numberOption } from '../pictures/picture.ts';
import { drawStrips } from '../pictures/strips.ts';
import { usualGriffinLim } from '../../audio/griffin-lim.ts';
import type { Features, SoundFormat } from '../../audio/features.ts';
import type { Played, Sound, StreamFormat } from './sound.ts';

/** Row `row` of [N, channels, frames], at its own length, with its numbers back in [0, 1]. */
export function featuresAt(
  { data, shape, lengths }: Values,
  row: number,
  { range: [low, high] }: Pick<StreamFormat, 'range'>,
): { channels: number; frames: number; data: Float64Array } {
  const [, channels, longest] = shape;
  const frames = lengths?.[row] ?? longest;
  const out = new Float64Array(channels * frames);
  for (let c = 0; c < channels; c++) {
    for (let f = 0; f < frames; f++) {
      out[c * frames + f] = (data[(row * channels + c) * longest + f] - low) / (high - low);
    }
  }
  return { channels, frames, data: out };
}

/** The samples as a file, and the features as a picture of it. */
export function played(samples: Float64Array, heard: Features, format: SoundFormat): Played {
  const shown = { data: heard.data, shape: [1, heard.channels, heard.frames] };
  const range = [0, 1] as const;
  const png = writePng(drawStrips({ sets: [shown], names: [''], range, sound: { format, range } }));
  return { wav: writeWav(samples, format.rate), png };
}

function bandsAt(values: Values, row: number, frames: number, stream: StreamFormat): WantedBands {
  const features = featuresAt(values, row, stream);
  if (features.frames !== frames)
    throw new Error(`bands: has ${features.frames} frames where the features have ${frames}`);
  if (features.channels !== stream.format.channels)
    throw new Error(
      `bands: has ${features.channels} channels, where its stream has ${stream.format.channels}`,
    );
  if (features.data.some((x) => !Number.isFinite(x))) throw new Error('the bands are not finite numbers');
  return { features, format: stream.format };
}

export const speech: Sound = {
  signature: {
    name: 'speech',
    medium: 'sound',
    doc: 'Features as sound: mel bands to a spectrum, phases by Griffin-Lim, a WAV file for each row.',
    params: [
      { name: 'features', type: 'value', doc: 'what to play: sequences as those of `like`' },
      { name: 'like', type: 'value', doc: "a source's field: its features are what the numbers are" },
      { name: 'iterations', type: 'int', interval: '[1, ∞)', default: 60, doc: 'steps of Griffin-Lim' },
      { name: 'rows', type: 'int', interval: '[1, ∞)', default: 4, doc: 'how many rows to play' },
      {
        name: 'bands',
        type: 'value',
        default: null,
        doc: 'mel bands of the same frames, such as those that a network made the spectra of: the spectra are moved until they have them',
      },
    ],
  },
  play({ features, bands }, options, stream, pulse = still) {
    if (features.shape.length !== 3)
      throw new Error(`speech plays sequences, not values of shape [${features.shape.join(', ')}]`);
    const { channels } = stream.format;
    if (features.shape[1] !== channels)
      throw new Error(`${features.shape[1]} channels are not like ${channels}`);
    if (features.data.some((x: number) => !Number.isFinite(x)))
      throw new Error('the features are not finite numbers');
    const settings = {
      ...usualGriffinLim,
      iterations: numberOption(options, 'iterations', usualGriffinLim.iterations),
    };
    return Array.from({ length: features.shape[0] }, (_, row) => {
      pulse(row / features.shape[0]);
      const heard = featuresAt(features, row, stream);
      const wanted = stream.bands === null ? null : bandsAt(bands, row, heard.frames, stream.bands);
      const samples = soundOf(heard, stream.format, settings, wanted);
      return played(samples, heard, stream.format);
    });
  },
};
