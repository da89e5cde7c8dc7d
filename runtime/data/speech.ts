/**
 * `speech("voices/<speaker>/*.wav", speakers: 20)`: a folder of sound files for each speaker, as spectrograms. In: WAV,
 * FLAC, Ogg or MP3 of 8 to 48 kHz, any channels; mixed down, resampled, levelled, silent ends cut off. Arguments →
 * records { sound, speaker, same, other, other_speaker }; without `<speaker>` in the pattern, { sound }; with `<word>` in it,
 * `word` too.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { formatOf, formatParams } from '../audio/features.ts';
import { tractsOf, tractsParam } from '../audio/tract.ts';
import { DiskError } from '../disk.ts';
import { FileError } from '../formats/file-error.ts';
import { countOrNull, skips, text, unusableParam, withDefaults } from './arguments.ts';
import { hashFile, hashOf, inFolder } from './files.ts';
import { isPacked, makePack } from './pack.ts';
import { packedSounds } from './packed-sounds.ts';
import { patternWords } from './pattern.ts';
import { layoutOf } from './recordings.ts';
import { isLarge, packRecords } from './records.ts';
import type { OpenSource, Source } from './source.ts';
import { choose, heldUtterances, packedPlaces, recordings, splits } from './speech-files.ts';
import type { Selection, SpeechWanted } from './speech-files.ts';
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

const params: readonly ParamSpec[] = [
  {
    name: 'files',
    type: 'string',
    doc: 'a pattern: `*` is any name, `<speaker>` a name that is a speaker, `<word>` one that is what is said',
  },
  { name: 'speakers', type: 'int', default: null, doc: 'how many `<speaker>` names' },
  { name: 'words', type: 'int', default: null, doc: 'how many `<word>` names' },
  {
    name: 'split',
    type: 'choice',
    default: 'all',
    choices: splits,
    parts: { all: ['train', 'fit', 'validate', 'test'], train: ['fit', 'validate'] },
    doc: 'test: a tenth of the recordings of each speaker, two at least; train: the rest, which fit and validate (as many as test) divide',
  },
  unusableParam('what is silent, empty or shorter than `frames`'),
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
  const named = patternWords(pattern);
  if (named.some((name) => name !== 'speaker' && name !== 'word') || new Set(named).size < named.length) {
    const all = named.map((name) => `<${name}>`).join(', ');
    throw new Error(`a pattern may name one <speaker> and one <word>, not ${all}`);
  }
  const speakers = classesOf(args, 'speaker', named);
  const words = classesOf(args, 'word', named);
  if (!splits.includes(String(args.split))) throw new Error(`split is one of ${splits.join(', ')}`);
  const tracts = tractsOf(args);
  if (speakers === null && tracts.length > 1)
    throw new Error('several tracts: need a <speaker> in the pattern');
  return {
    pattern,
    speakers,
    words,
    split: String(args.split),
    skip: skips(args),
    trim: args.trim === true,
    frames: framesOfRow(args),
    step: stepOfRows(args),
    format: formatOf(args),
    formats: tracts.map((tract) => formatOf(args, tract)),
    wave: waveOf({ ...args, tracts }),
  };
}

/** How many classes `speakers:` or `words:` says; null where the pattern doesn't name them. */
function classesOf(args: SourceArguments, of: 'speaker' | 'word', named: readonly string[]): number | null {
  const classes = countOrNull(args, `${of}s`, 2);
  if (classes === null && named.includes(of)) throw new Error(`${of}s: must say how many <${of}> names`);
  if (classes !== null && !named.includes(of)) throw new Error(`${of}s: needs a <${of}> in the pattern`);
  return classes;
}

/** What the classes are called, those too that the split lacks; none of speakers where a tract changes the voice. */
const classNames = (
  { speakers, words, formats }: Wanted,
  { speaker, word }: Selection['names'],
): Record<string, readonly string[]> => ({
  ...(speakers !== null && formats.length === 1 && { speaker }),
  ...(words !== null && { word }),
});

/** Bytes of recordings' features and samples: segments overlap, and each adds a step to what those before it hold. */
function heldSpeech({ frames, step, format, wave }: Wanted, segments: number): number {
  // Of whole recordings nobody knows the lengths here.
  const length = frames === 'all' ? 1 : Math.min(step, frames);
  return 4 * segments * length * (format.channels + (wave ? format.shape.hop : 0));
}

// ---------------------------------------------------------------- source

function fields(given: SourceArguments): Record<string, FieldType> {
  const { format, formats, frames, speakers, words, wave } = wanted(given);
  const voices = speakers === null ? null : speakers * formats.length;
  return soundFields(format, frames, { speakers: voices, words }, wave);
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
    doc: 'Sound files (WAV, FLAC, Ogg Vorbis or Opus, MP3) by speaker: { sound, same, other: seq[channels,frames] in [0,1], speaker, other_speaker: label[speakers], word: label[words], wave: seq[1,samples] in [-1,1] }.',
    params,
    fields,
    features: (given) => oneFormat(wanted(given)),
    held: (given, count) => ({ shared: {}, own: heldSpeech(wanted(given), count) }),
  },
  sound: (given) => ({ format: wanted(given).format, fields: ['sound', 'same', 'other'] }),
  describe(given, folder, watch) {
    const what = wanted(given);
    const { files, names } = choose(what, folder);
    if (files.length === 0) return null;
    const { usable, skipped, plan } = recordings(what, files, folder, watch);
    // Without words and wave the hash is that of runs older than these parameters.
    const { files: _, wave, words, ...rest } = withDefaults(params, given);
    const content = files.map(({ found, speaker, word }) => [
      ...[speaker, hashFile(found.path)],
      ...(words === null ? [] : [word]),
    ]);
    const settings = { ...rest, ...(wave === true && { wave }), ...(words !== null && { words }) };
    const hash = hashOf(JSON.stringify([settings, content]));
    const lengths = usable.flatMap(({ frames }) => what.formats.map(() => frames));
    const classes = classNames(what, names);
    return {
      count: rowSegments(lengths, what.frames, what.step).length,
      hash,
      ...(skipped.length > 0 && { skipped }),
      ...(Object.keys(classes).length > 0 && { classes }),
      ...(isLarge(plan) && { onDisk: true }),
    };
  },
  open(given, folder) {
    const what = wanted(given);
    const { usable, plan } = recordings(what, choose(what, folder).files, folder);
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
    const { files } = choose(what, folder);
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
