/**
 * `speech("voices/<speaker>/*.wav", speakers: 20)`: a folder of sound files for each speaker, as spectrograms. In: WAV,
 * FLAC, Ogg or MP3 of 8 to 48 kHz, any channels; mixed down, resampled, levelled, silent ends cut off. Arguments →
 * records { sound, speaker, same, other, other_speaker }; without `<speaker>` in the pattern, { sound }.
 */
import { relative } from 'node:path';
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { formatOf, formatParams, spectrograms } from '../audio/features.ts';
import type { SoundFormat, Spectrogram } from '../audio/features.ts';
import { readRecording, Unusable } from '../audio/recording.ts';
import { resampled, resampledLength } from '../audio/resample.ts';
import { framesOf } from '../audio/stft.ts';
import { tractsOf, tractsParam } from '../audio/tract.ts';
import { FileError } from '../formats/file-error.ts';
import { permutation } from '../random.ts';
import { countOrNull, text, withDefaults } from './arguments.ts';
import { hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { naturally } from './natural.ts';
import { findFiles, patternWords } from './pattern.ts';
import type { Found } from './pattern.ts';
import type { OpenSource, SyncSource } from './source.ts';
import {
  clipped,
  framesOfRow,
  pairedRows,
  pairReaders,
  readSegment,
  rowParams,
  rowSegments,
  rowSource,
  soundFields,
  stepOfRows,
  waveOf,
  waveParam,
  waveReader,
} from './utterances.ts';
import type { Rows, RowFrames, Utterance } from './utterances.ts';

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

interface Wanted {
  readonly pattern: string;
  readonly speakers: number | null;
  readonly split: string;
  readonly skip: boolean;
  readonly trim: boolean;
  readonly frames: RowFrames;
  readonly step: number;
  readonly format: SoundFormat;
  /** One for each vocal tract. */
  readonly formats: readonly SoundFormat[];
  readonly wave: boolean;
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

// ---------------------------------------------------------------- files

interface Chosen {
  readonly found: Found;
  readonly speaker: number;
}

/** The split's files with their speakers' classes: the folders' names in order; [] where nothing fits the pattern. */
function choose({ pattern, speakers, split }: Wanted, folder: string): Chosen[] {
  const files = findFiles(pattern, folder);
  const names = [...new Set(files.map(({ words }) => words.speaker ?? ''))].sort(naturally);
  if (files.length > 0 && speakers !== null && names.length !== speakers) {
    throw new FileError(
      inFolder(folder, pattern),
      null,
      `${names.length} speakers (${names.slice(0, 12).join(', ')}), where speakers: says ${speakers}`,
    );
  }
  return names.flatMap((name, speaker) => {
    const own = files.filter(({ words }) => (words.speaker ?? '') === name);
    return partOf(own, split, name).map((found) => ({ found, speaker }));
  });
}

/** What the speakers' classes are called; null where nobody says who speaks, or a tract changes the voice. */
function speakerNames({ speakers, formats }: Wanted, files: readonly Chosen[]): string[] | null {
  if (speakers === null || formats.length > 1) return null;
  const names = new Map(files.map(({ found, speaker }) => [speaker, found.words.speaker]));
  return Array.from({ length: speakers }, (_, speaker) => names.get(speaker) ?? '');
}

/** Which files test is drawn once, by the speaker's name; both parts are in the files' order. */
function partOf(files: readonly Found[], split: string, speaker: string): readonly Found[] {
  if (split === 'all') return files;
  const tests = Math.min(files.length, Math.max(2, Math.floor(files.length / 10)));
  const order = permutation(0, `speech:split:${speaker}`, 0, files.length);
  const testing = new Set(order.subarray(0, tests));
  return files.filter((_, i) => testing.has(i) === (split === 'test'));
}

interface Loaded {
  readonly utterances: readonly Utterance[];
  /** Files left out, each with the reason. */
  readonly skipped: readonly string[];
}

/** Every file read and judged. Throws FileError at a broken one, and, unless they are skipped, for unusable ones. */
function load(what: Wanted, folder: string): Loaded {
  const [utterances, unusable]: [Utterance[], { path: string; reason: string }[]] = [[], []];
  for (const { found, speaker } of choose(what, folder)) {
    try {
      utterances.push(...utterancesOf(found.path, speaker, what));
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      unusable.push({ path: shortest(found.path, folder), reason: error.message });
    }
  }
  const named = unusable.map(({ path, reason }) => `${path} (${reason})`);
  if (unusable.length > 0 && !what.skip) {
    const rest = named.length > 5 ? ` and ${named.length - 5} more` : '';
    throw new FileError(
      inFolder(folder, what.pattern),
      null,
      `recordings that can't be used: ${named.slice(0, 5).join(', ')}${rest}; mend them, or say unusable: skip`,
    );
  }
  return { utterances, skipped: named };
}

/** From the spec's folder, where it is in there. */
function shortest(path: string, folder: string): string {
  const near = relative(folder, path);
  return near.startsWith('..') ? path : near;
}

/** A recording, once for each vocal tract. */
function utterancesOf(path: string, speaker: number, what: Wanted): Utterance[] {
  const { format, formats, trim, frames: least, speakers, wave } = what;
  const { rate, samples } = readRecording(readBytes(path), path, trim);
  const length = resampledLength(samples.length, rate, format.rate);
  if (length < format.shape.window) throw new Unusable('shorter than a window');
  const frames = framesOf(length, format.shape);
  if (least !== 'all' && frames < least) throw new Unusable(`${frames} frames, and a segment has ${least}`);
  if (wave && samples.some((x) => Math.abs(x) > 1))
    throw new Unusable('over full scale at the common loudness');
  // Of the samples only 32 bits are kept until the spectrogram is asked for.
  const kept = Float32Array.from(samples);
  const said = (): Float64Array => resampled(Float64Array.from(kept), rate, format.rate);
  let made: readonly Spectrogram[] | null = null;
  const heard = (): readonly Spectrogram[] => (made ??= spectrograms(said(), formats));
  let waved: Float32Array | null = null;
  return formats.map((_, tract) => ({
    speaker: speaker + tract * (speakers ?? 1),
    frames,
    spectrogram: () => heard()[tract],
    wave: () => (waved ??= clipped(said())),
  }));
}

// ---------------------------------------------------------------- source

function fields(given: SourceArguments): Record<string, FieldType> {
  const { format, formats, frames, speakers, wave } = wanted(given);
  return soundFields(format, frames, speakers === null ? null : speakers * formats.length, wave);
}

/** Rows without pairs, where nobody says who speaks. */
function plainSource(
  what: Wanted,
  types: Record<string, FieldType>,
  utterances: readonly Utterance[],
): OpenSource {
  const segments = segmentsOf(what, utterances);
  const sound = (row: number, out: Parameters<OpenSource['read']>[2], at: number): number =>
    readSegment(utterances[segments[row].utterance].spectrogram(), segments[row], out, at);
  const lengths = (row: number): Record<string, number> => ({ T: segments[row].frames });
  const wave = waveReader(utterances, segments, what.format);
  return rowSource(types, segments.length, { sound, wave }, what.frames === 'all' ? lengths : undefined);
}

const segmentsOf = ({ frames, step }: Wanted, utterances: readonly Utterance[]): Rows['segments'] =>
  rowSegments(
    utterances.map((one) => one.frames),
    frames,
    step,
  );

export const speech: SyncSource = {
  signature: {
    name: 'speech',
    doc: 'Sound files (WAV, FLAC, Ogg Vorbis or Opus, MP3) by speaker: { sound, same, other: seq[channels,frames] in [0,1], speaker, other_speaker: label[speakers], wave: seq[1,samples] in [-1,1] }.',
    params,
    fields,
  },
  sound: (given) => ({ format: wanted(given).format, fields: ['sound', 'same', 'other'] }),
  describe(given, folder) {
    const what = wanted(given);
    const files = choose(what, folder);
    if (files.length === 0) return null;
    const { utterances, skipped } = load(what, folder);
    const content = files.map(({ found, speaker }) => [speaker, hashFile(found.path)]);
    // Without it the hash is that of runs older than the parameter.
    const { files: _, wave, ...rest } = withDefaults(params, given);
    const settings = wave === true ? { ...rest, wave } : rest;
    const hash = hashOf(JSON.stringify([settings, content]));
    const count = segmentsOf(what, utterances).length;
    const names = speakerNames(what, files);
    return {
      count,
      hash,
      ...(skipped.length > 0 && { skipped }),
      ...(names && { classes: { speaker: names } }),
    };
  },
  open(given, folder) {
    const what = wanted(given);
    const { utterances } = load(what, folder);
    const place = inFolder(folder, what.pattern);
    if (utterances.length === 0) throw new FileError(place, null, 'no such files, or none that can be used');
    const types = fields(given);
    if (what.speakers === null) return plainSource(what, types, utterances);
    const rows = paired(utterances, what, place);
    const lengths = (row: number): Record<string, number> => ({
      T: rows.segments[row].frames,
      S: rows.same(row).frames,
      O: rows.other(row).frames,
    });
    const wave = waveReader(utterances, rows.segments, what.format);
    const readers = { ...pairReaders(utterances, rows), wave };
    return rowSource(types, rows.segments.length, readers, what.frames === 'all' ? lengths : undefined);
  },
};

function paired(utterances: readonly Utterance[], { frames, step }: Wanted, place: string): Rows {
  try {
    return pairedRows(utterances, frames, step);
  } catch (error) {
    throw new FileError(place, null, (error as Error).message);
  }
}
