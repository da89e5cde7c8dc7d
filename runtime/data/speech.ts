/**
 * `speech("voices/<speaker>/*.wav", speakers: 20)`: a folder of sound files for each speaker, as spectrograms. In: WAV,
 * FLAC, Ogg or MP3 of 8 to 48 kHz, any channels; mixed down, resampled, levelled, silent ends cut off. Arguments →
 * records { sound, speaker, same, other, other_speaker }; without `<speaker>` in the pattern, { sound }.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { formatOf, formatParams } from '../audio/features.ts';
import { tractsOf, tractsParam } from '../audio/tract.ts';
import { DiskError } from '../disk.ts';
import { FileError } from '../formats/file-error.ts';
import { countOrNull, text, withDefaults } from './arguments.ts';
import { hashFile, hashOf, inFolder } from './files.ts';
import { isPacked, makePack } from './pack.ts';
import { packedSounds } from './packed-sounds.ts';
import { patternWords } from './pattern.ts';
import { layoutOf } from './recordings.ts';
import { isLarge, packRecords } from './records.ts';
import type { OpenSource, Source } from './source.ts';
import { choose, heldUtterances, packedPlaces, recordings } from './speech-files.ts';
import type { Chosen, SpeechWanted } from './speech-files.ts';
import {
  framesOfRow,
  recordedRows,
  rowParams,
  rowSegments,
  soundFields,
  stepOfRows,
  waveOf,
  waveParam,
  oneFormat,
} from './utterances.ts';
import type { RowsOf } from './utterances.ts';

const splits = ['all', 'train', 'test'];

const params: readonly ParamSpec[] = [
  { name: 'files', type: 'string', doc: 'a pattern: `*` is any name, `<speaker>` a name that is a speaker' },
  { name: 'speakers', type: 'int', default: null, doc: 'how many `<speaker>` names' },
  {
    name: 'split',
    type: 'choice',
    default: 'all',
    choices: splits,
    doc: 'test: a tenth of the recordings of each speaker, two at least; train: the rest',
  },
  {
    name: 'unusable',
    type: 'choice',
    default: 'error',
    choices: ['error', 'skip'],
    doc: 'what is silent, empty or shorter than `frames`: an error, or left out and named',
  },
  { name: 'trim', type: 'bool', default: true, doc: 'whether silence at both ends is cut off' },
  tractsParam,
  ...rowParams,
  waveParam,
  ...formatParams,
];

interface Wanted extends SpeechWanted {
  readonly step: number;
}

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  const pattern = text(args, 'files');
  const words = patternWords(pattern);
  if (words.some((word) => word !== 'speaker') || words.length > 1) {
    throw new Error(`a pattern may name one <speaker>, not ${words.map((word) => `<${word}>`).join(', ')}`);
  }
  const speakers = countOrNull(args, 'speakers', 2);
  if (speakers === null && words.length > 0) throw new Error('speakers: must say how many <speaker> names');
  if (speakers !== null && words.length === 0) throw new Error('speakers: needs a <speaker> in the pattern');
  if (!splits.includes(String(args.split))) throw new Error(`split is one of ${splits.join(', ')}`);
  const tracts = tractsOf(args);
  if (speakers === null && tracts.length > 1)
    throw new Error('several tracts: need a <speaker> in the pattern');
  return {
    pattern,
    speakers,
    split: String(args.split),
    skip: args.unusable === 'skip',
    trim: args.trim === true,
    frames: framesOfRow(args),
    step: stepOfRows(args),
    format: formatOf(args),
    formats: tracts.map((tract) => formatOf(args, tract)),
    wave: waveOf({ ...args, tracts }),
  };
}

/** What the speakers' classes are called; null where nobody says who speaks, or a tract changes the voice. */
function speakerNames({ speakers, formats }: Wanted, files: readonly Chosen[]): string[] | null {
  if (speakers === null || formats.length > 1) return null;
  const names = new Map(files.map(({ found, speaker }) => [speaker, found.words.speaker]));
  return Array.from({ length: speakers }, (_, speaker) => names.get(speaker) ?? '');
}

/** Bytes of recordings' features and samples: segments overlap, and each adds a step to what those before it hold. */
function heldSpeech({ frames, step, format, wave }: Wanted, segments: number): number {
  // Of whole recordings nobody knows the lengths here.
  const length = frames === 'all' ? 1 : Math.min(step, frames);
  return 4 * segments * length * (format.channels + (wave ? format.shape.hop : 0));
}

// ---------------------------------------------------------------- source

function fields(given: SourceArguments): Record<string, FieldType> {
  const { format, formats, frames, speakers, wave } = wanted(given);
  return soundFields(format, frames, speakers === null ? null : speakers * formats.length, wave);
}

const rowsOf = (given: SourceArguments, { frames, step, speakers }: Wanted): RowsOf => ({
  fields: fields(given),
  frames,
  step,
  paired: speakers !== null,
});

export const speech: Source = {
  signature: {
    name: 'speech',
    doc: 'Sound files (WAV, FLAC, Ogg Vorbis or Opus, MP3) by speaker: { sound, same, other: seq[channels,frames] in [0,1], speaker, other_speaker: label[speakers], wave: seq[1,samples] in [-1,1] }.',
    params,
    fields,
    features: (given) => oneFormat(wanted(given)),
    held: (given, count) => ({ shared: {}, own: heldSpeech(wanted(given), count) }),
  },
  sound: (given) => ({ format: wanted(given).format, fields: ['sound', 'same', 'other'] }),
  describe(given, folder, watch) {
    const what = wanted(given);
    const files = choose(what, folder);
    if (files.length === 0) return null;
    const { usable, skipped, plan } = recordings(what, files, folder, watch);
    const content = files.map(({ found, speaker }) => [speaker, hashFile(found.path)]);
    // Without it the hash is that of runs older than the parameter.
    const { files: _, wave, ...rest } = withDefaults(params, given);
    const settings = wave === true ? { ...rest, wave } : rest;
    const hash = hashOf(JSON.stringify([settings, content]));
    const lengths = usable.flatMap(({ frames }) => what.formats.map(() => frames));
    const names = speakerNames(what, files);
    return {
      count: rowSegments(lengths, what.frames, what.step).length,
      hash,
      ...(skipped.length > 0 && { skipped }),
      ...(names && { classes: { speaker: names } }),
      ...(isLarge(plan) && { onDisk: true }),
    };
  },
  open(given, folder) {
    const what = wanted(given);
    const { usable, plan } = recordings(what, choose(what, folder), folder);
    const place = inFolder(folder, what.pattern);
    if (usable.length === 0) throw new FileError(place, null, 'no such files, or none that can be used');
    const rows = rowsOf(given, what);
    const packed = (): OpenSource => {
      const stored = { kind: 'pack', key: plan.key, count: plan.count, width: plan.width } as const;
      const layout = layoutOf(what.formats, what.wave);
      return packedSounds({ kind: 'sounds', stored, layout, places: packedPlaces(what, usable), rows });
    };
    return atPlace(place, () => {
      if (isPacked(plan.key)) return packed();
      if (isLarge(plan)) return makePack(plan).then(packed);
      return recordedRows(heldUtterances(what, usable), rows);
    });
  },
  async pack(given, folder, how) {
    const what = wanted(given);
    const files = choose(what, folder);
    return packRecords(files.length === 0 ? null : recordings(what, files, folder).plan, how);
  },
};

/** What is wrong with the pairs is said of the files. */
function atPlace<T>(place: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw error instanceof FileError || error instanceof DiskError
      ? error
      : new FileError(place, null, (error as Error).message);
  }
}
