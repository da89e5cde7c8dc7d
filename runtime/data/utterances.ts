/**
 * Recordings by speaker as rows: whole ones, or segments of one length, and beside each another of the same speaker
 * and one of another speaker. In: recordings whose lengths are known and whose spectrograms are made when first
 * asked for. Out: an open source with the fields sound, speaker, same, other, other_speaker. Which segments stand
 * together is drawn for each row and pass over the rows: pairs that came back in every pass could be learned by heart.
 * ganc_torch/stretches.py draws the same.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import type { SoundFeatures } from '../../program/sound.ts';
import { featuresOf } from '../audio/features.ts';
import type { SoundFormat } from '../audio/features.ts';
import { draws } from '../random.ts';
import { count } from './arguments.ts';
import type { Recorded, Utterance } from './recordings.ts';
import type { OpenSource } from './source.ts';
import { classField, pairedFields, soundField, stretchSource, waveField } from './stretches.ts';
import type { RowFrames, Segment, SegmentOf } from './stretches.ts';

export const rowParams: readonly ParamSpec[] = [
  {
    name: 'frames',
    type: 'int',
    default: 64,
    choices: ['all'],
    doc: 'the length of a segment, or `all` for whole recordings',
  },
  {
    name: 'step',
    type: 'int',
    default: null,
    doc: 'frames from the start of a segment to that of the next (default: `frames`)',
  },
];

export const waveParam: ParamSpec = {
  name: 'wave',
  type: 'bool',
  default: false,
  doc: 'whether a row has `wave: seq[1, frames * hop]` in [-1, 1] too, the samples of `sound`: what a vocoder is to make of it',
};

/** Throws Error with a sentence where rows have no samples of one number. */
export function waveOf(args: SourceArguments): boolean {
  if (args.wave !== true) return false;
  if (args.frames === 'all')
    throw new Error('wave: needs a number of frames: samples are trained on in segments');
  if (Array.isArray(args.tracts) && args.tracts.length > 1)
    throw new Error('wave: goes with one tract: others move bands, and leave the samples');
  return true;
}

export function framesOfRow(args: SourceArguments): RowFrames {
  return args.frames === 'all' ? 'all' : count(args, 'frames', 1);
}

export function stepOfRows(args: SourceArguments): number {
  const frames = framesOfRow(args);
  if (frames === 'all') {
    if (args.step !== null && args.step !== undefined)
      throw new Error('step is for segments, not for `frames: all`');
    return 1;
  }
  return args.step === null || args.step === undefined ? frames : count(args, 'step', 1);
}

/** How the samples of all rows become features; null where each vocal tract has bands of its own. */
export const oneFormat = ({ formats }: { formats: readonly SoundFormat[] }): SoundFeatures | null =>
  formats.length === 1 ? featuresOf(formats[0]) : null;

/** The record of sounds of `speakers` speakers who say `words` words; null: nobody says whose they are, or what is said. */
export function soundFields(
  { channels, shape }: SoundFormat,
  frames: RowFrames,
  { speakers, words }: { readonly speakers: number | null; readonly words: number | null },
  wave: boolean,
): Record<string, FieldType> {
  const seq = (length: string): FieldType => ({
    kind: 'seq',
    shape: [channels, frames === 'all' ? length : frames],
    range: [0, 1],
  });
  const samples: FieldType = { kind: 'seq', shape: [1, Number(frames) * shape.hop], range: [-1, 1] };
  const label = (classes: number): FieldType => ({ kind: 'label', shape: [], classes });
  const own = {
    sound: seq('T'),
    ...(wave && { wave: samples }),
    ...(words !== null && { word: label(words) }),
  };
  if (speakers === null) return own;
  const speaker = label(speakers);
  return { ...own, speaker, same: seq('S'), other: seq('O'), other_speaker: speaker };
}

/** Where the rows of these recordings are: each from `step` to `step`, as far as whole ones fit. */
export function rowSegments(lengths: readonly number[], frames: RowFrames, step: number): Segment[] {
  return lengths.flatMap((length, utterance) => {
    if (frames === 'all') return [{ utterance, from: 0, frames: length }];
    const segments = Math.max(0, Math.floor((length - frames) / step) + 1);
    return Array.from({ length: segments }, (_, i) => ({ utterance, from: i * step, frames }));
  });
}

/** Only rows of one speaker; only one as the other. */
export interface Between {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The rows and what stands beside each. */
export interface Rows {
  readonly segments: readonly Segment[];
  readonly same: SegmentOf;
  readonly other: SegmentOf;
}

/**
 * Throws Error if a speaker has a single recording, or there is a single speaker: there would be no pairs. Recordings
 * shorter than a segment are no part of any.
 */
export function pairedRows(
  utterances: readonly Recorded[],
  frames: RowFrames,
  step: number,
  { from, to }: Between = {},
): Rows {
  const long = utterances.map(({ frames: length }, i) => ({ i, fits: frames === 'all' || length >= frames }));
  const usable = long.filter(({ fits }) => fits).map(({ i }) => i);
  const bySpeaker = new Map<number, number[]>();
  for (const i of usable)
    bySpeaker.set(utterances[i].speaker, [...(bySpeaker.get(utterances[i].speaker) ?? []), i]);
  const lonely = [...bySpeaker].find(([, list]) => list.length < 2);
  if (bySpeaker.size < 2) throw new Error(`pairs need two speakers, there is ${bySpeaker.size}`);
  if (lonely) throw new Error(`pairs need two recordings of each speaker, class ${lonely[0]} has one`);
  const speakers = [...bySpeaker.keys()].sort((a, b) => a - b);
  const segments = rowSegments(
    utterances.map((one) => one.frames),
    frames,
    step,
  ).filter(({ utterance }) => from === undefined || utterances[utterance].speaker === from);
  const drawn = (row: number, pass: number): Float64Array => {
    const out = new Float64Array(5);
    draws({ seed: 0, key: 'utterances', iteration: pass, scope: 0 }, 'uniform', 1, 5, out, {
      rowOf: () => row,
    });
    return out;
  };
  const within = (utterance: number, share: number): Segment => {
    const length = utterances[utterance].frames;
    if (frames === 'all') return { utterance, from: 0, frames: length };
    return { utterance, from: Math.floor(share * (length - frames + 1)), frames };
  };
  const pick = <T>(list: readonly T[], share: number): T => list[Math.floor(share * list.length)];
  return {
    segments,
    same(row, pass) {
      const [share, start] = drawn(row, pass);
      const { utterance } = segments[row];
      const list = bySpeaker.get(utterances[utterance].speaker)!.filter((i) => i !== utterance);
      return within(pick(list, share), start);
    },
    other(row, pass) {
      const [, , who, share, start] = drawn(row, pass);
      const { speaker } = utterances[segments[row].utterance];
      const other =
        to ??
        pick(
          speakers.filter((one) => one !== speaker),
          who,
        );
      return within(pick(bySpeaker.get(other)!, share), start);
    },
  };
}

// ---------------------------------------------------------------- reading

/** Rows of recordings as plain data: with what stands beside each where it is known who speaks. */
export interface RowsOf {
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly frames: RowFrames;
  readonly step: number;
  /** Whether rows have pairs. */
  readonly paired: boolean;
}

/** Throws Error where there can be no pairs. */
export function recordedRows(
  utterances: readonly Utterance[],
  { fields, frames, step, paired }: RowsOf,
): OpenSource {
  const sound = soundField(utterances, Number(fields.sound.shape[0]));
  const own = {
    sound,
    ...(fields.wave && { wave: waveField(utterances) }),
    ...(fields.word && { word: classField(utterances, 'word') }),
  };
  const all = { recordings: utterances, frames };
  if (!paired) {
    const lengths = utterances.map((one) => one.frames);
    return stretchSource(fields, { ...all, segments: rowSegments(lengths, frames, step), fields: own }, {});
  }
  const { segments, ...beside } = pairedRows(utterances, frames, step);
  const read = { ...own, ...pairedFields(utterances, sound) };
  return stretchSource(fields, { ...all, segments, fields: read }, beside);
}
