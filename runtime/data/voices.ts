/**
 * `voices(split: train)`: the built-in speakers, synthesised when first used, so that a spec on sound runs with
 * nothing downloaded, and its factors are known: who speaks, which phone each frame belongs to, and how another
 * speaker would have said the very same. Arguments → records { sound, speaker, same, other, other_speaker, parallel,
 * phones, phone }.
 */
import type { FieldType, HeldData, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { formatOf, formatParams, spectrograms } from '../audio/features.ts';
import type { SoundFormat, Spectrogram } from '../audio/features.ts';
import { resampled } from '../audio/resample.ts';
import { framesOf } from '../audio/stft.ts';
import { tractsOf, tractsParam } from '../audio/tract.ts';
import { phoneNames, phones } from './voices/phones.ts';
import { seenSpeakers, speakers } from './voices/speakers.ts';
import { lengthOfText, textOf, textsOf, voiceRate } from './voices/texts.ts';
import type { Said, VoiceSplit } from './voices/texts.ts';
import { sentence, voiceSets } from './voices/voice-set.ts';
import type { VoiceSet } from './voices/voice-set.ts';
import { withDefaults } from './arguments.ts';
import { hashOf } from './files.ts';
import { clipped, heldUtterance } from './recordings.ts';
import type { Utterance } from './recordings.ts';
import type { NumberArray, SyncSource } from './source.ts';
import { pairedFields, soundField, stretchSource, waveField } from './stretches.ts';
import type { FieldReader, RowFrames, Segment, SegmentOf, StretchField } from './stretches.ts';
import {
  framesOfRow,
  pairedRows,
  rowParams,
  rowSegments,
  soundFields,
  stepOfRows,
  waveOf,
  waveParam,
  oneFormat,
} from './utterances.ts';
import type { Between } from './utterances.ts';

const isSplit = (name: string): name is VoiceSplit => Object.hasOwn(textsOf, name);

/** First speaker, one after the last, classes of the label. */
const groups: Readonly<Record<string, readonly [number, number, number]>> = {
  seen: [0, seenSpeakers, seenSpeakers],
  unseen: [seenSpeakers, speakers.length, speakers.length],
  all: [0, speakers.length, speakers.length],
};

const params: readonly ParamSpec[] = [
  {
    name: 'split',
    type: 'choice',
    default: 'train',
    choices: Object.keys(textsOf),
    doc: 'train: 40 sentences of each speaker; test: 10 others; validate: 10 others still, to choose by',
  },
  {
    name: 'speakers',
    type: 'choice',
    default: 'seen',
    choices: Object.keys(groups),
    doc: 'seen: ten; unseen: four others, classes 10 to 13 of 14; all: both',
  },
  { name: 'from', type: 'int', default: null, doc: 'only rows that this speaker says' },
  {
    name: 'to',
    type: 'int',
    default: null,
    doc: 'only this speaker as the other, of rows that another says',
  },
  tractsParam,
  ...rowParams,
  waveParam,
  ...formatParams,
];

interface Chosen {
  readonly format: SoundFormat;
  /** One for each vocal tract. */
  readonly formats: readonly SoundFormat[];
  readonly frames: RowFrames;
  readonly step: number;
  readonly set: VoiceSet;
  readonly texts: readonly [number, number];
  readonly speakers: readonly [number, number, number];
  readonly between: Between;
  readonly wave: boolean;
}

/** Throws Error with a sentence on arguments that name nothing. */
function chosen(given: SourceArguments): Chosen {
  const args = withDefaults(params, given);
  const format = formatOf(args);
  if (format.rate > voiceRate)
    throw new Error(`the voices have ${voiceRate} samples a second, not ${format.rate}`);
  const [split, group] = [String(args.split), String(args.speakers)];
  if (!isSplit(split)) throw new Error(`split is one of ${Object.keys(textsOf).join(', ')}`);
  if (!Object.hasOwn(groups, group)) throw new Error(`speakers is one of ${Object.keys(groups).join(', ')}`);
  const frames = framesOfRow(args);
  const between = betweenOf(args, groups[group]);
  const tracts = tractsOf(args);
  if (tracts.length > 1 && between.from !== undefined)
    throw new Error('`from` and `to` do not go with several `tracts`');
  const formats = tracts.map((tract) => formatOf(args, tract));
  const made = {
    format,
    formats,
    frames,
    step: stepOfRows(args),
    set: voiceSets[split],
    texts: textsOf[split],
    speakers: groups[group],
    between,
    wave: waveOf({ ...args, tracts }),
  };
  const longest = Math.max(...framesOfTexts(made));
  if (frames !== 'all' && frames > longest)
    throw new Error(`frames: ${frames} is more than the longest sentence has (${longest})`);
  return made;
}

/** The speakers that `from` and `to` name; `to` needs another in `from`, or its own rows would have no other. */
function betweenOf({ from, to }: SourceArguments, [first, end]: readonly [number, number, number]): Between {
  for (const [name, one] of Object.entries({ from, to })) {
    if (typeof one !== 'number' || (Number.isInteger(one) && one >= first && one < end)) continue;
    throw new Error(`${name} is the number of a speaker, ${first} to ${end - 1}, not ${one}`);
  }
  if (typeof to === 'number' && (typeof from !== 'number' || from === to))
    throw new Error('`to` goes with `from`, another speaker');
  return { from: typeof from === 'number' ? from : undefined, to: typeof to === 'number' ? to : undefined };
}

/** Frames of each text of the split. */
function framesOfTexts({ format, texts: [from, to] }: Pick<Chosen, 'format' | 'texts'>): number[] {
  return Array.from({ length: to - from }, (_, i) => {
    const samples = Math.ceil((lengthOfText(textOf(from + i)) * format.rate) / voiceRate);
    return framesOf(samples, format.shape);
  });
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const { format, formats, frames, speakers: group, wave } = chosen(given);
  const base = soundFields(format, frames, { speakers: group[2] * formats.length, words: null }, wave);
  const length = frames === 'all' ? 'T' : frames;
  const each: FieldType = { kind: 'seq', shape: [phones.length, length], range: [0, 1] };
  const all = { ...base, parallel: base.sound, phones: each };
  if (frames === 'all') return all;
  return { ...all, phone: { kind: 'label', shape: [], classes: phones.length } };
}

// ---------------------------------------------------------------- rows

interface Place {
  readonly text: number;
  readonly speaker: number;
  /** Place among the vocal tracts. */
  readonly tract: number;
}

/** What stands at a place of the list of utterances: tract by tract, speaker by speaker, text by text. */
function placeOf({ texts: [from, to], speakers: [first, end] }: Chosen, at: number): Place {
  const voice = Math.floor(at / (to - from));
  const tract = Math.floor(voice / (end - first));
  return { text: from + (at % (to - from)), speaker: first + (voice % (end - first)), tract };
}

function utterancesOf(what: Chosen): Utterance[] {
  const lengths = framesOfTexts(what);
  const [first, end, classes] = what.speakers;
  const sentences = (end - first) * lengths.length;
  const made: (readonly Spectrogram[])[] = []; // of each sentence, one for each vocal tract
  return Array.from({ length: what.formats.length * sentences }, (_, at) => {
    const { text, speaker, tract } = placeOf(what, at);
    const said = (): Float64Array => soundOf(what, speaker, text);
    const heard = (): readonly Spectrogram[] => (made[at % sentences] ??= spectrograms(said(), what.formats));
    let waved: Float32Array | null = null;
    return heldUtterance({
      speaker: speaker + tract * classes,
      word: 0,
      frames: lengths[at % lengths.length],
      hop: what.format.shape.hop,
      spectrogram: () => heard()[tract],
      wave: () => (waved ??= clipped(said())),
    });
  });
}

/** A set's voices as 16-bit samples, which streams share; of each sentence that rows are made of, spectrograms and samples. */
function heldVoices(what: Chosen): HeldData {
  const { name, from, to } = what.set;
  const samples = Array.from({ length: to - from }, (_, i) => lengthOfText(textOf(from + i)));
  const frames = framesOfTexts(what).reduce((a, b) => a + b, 0);
  const { formats, format, between, speakers: group, wave } = what;
  const sayers = between.to === undefined ? group[1] - group[0] : 2;
  const frameBytes = 4 * (formats.length * format.channels + (wave ? format.shape.hop : 0));
  return {
    shared: { [name]: 2 * speakers.length * samples.reduce((a, b) => a + b, 0) },
    own: sayers * frames * frameBytes,
  };
}

function soundOf({ set, format }: Chosen, speaker: number, text: number): Float64Array {
  const samples = Float64Array.from(sentence(set, speaker, text), (x) => x / 32768);
  return resampled(samples, voiceRate, format.rate);
}

/** The phone at a frame's centre; behind the text's end its last one. */
export function phoneAt(said: readonly Said[], frame: number, { shape, rate }: SoundFormat): number {
  const sample = (frame * shape.hop * voiceRate) / rate;
  return (said.find(({ bounds }) => bounds.at(-1)! > sample) ?? said.at(-1)!).phone;
}

/** One-hot over frames, [phones, frames]. */
function readPhones(
  said: readonly Said[],
  { from, frames }: Segment,
  format: SoundFormat,
  out: NumberArray,
  at: number,
): number {
  out.fill(0, at, at + phones.length * frames);
  for (let f = 0; f < frames; f++) out[at + phoneAt(said, from + f, format) * frames + f] = 1;
  return phones.length * frames;
}

/** What the hash is of: without a wave, that of runs older than the parameter. */
function settingsOf(given: SourceArguments): SourceArguments {
  const { wave, ...rest } = withDefaults(params, given);
  return wave === true ? { ...rest, wave } : rest;
}

export const voices: SyncSource = {
  signature: {
    name: 'voices',
    doc: 'Built-in speakers: { sound, same, other, parallel: seq[channels,frames] in [0,1], speaker, other_speaker: label, phones: seq[30,frames], phone: label[30], wave: seq[1,samples] in [-1,1] }.',
    params,
    fields,
    features: (given) => oneFormat(chosen(given)),
    held: (given) => heldVoices(chosen(given)),
  },
  describe(given) {
    const what = chosen(given);
    const lengths = framesOfTexts(what);
    const speaking =
      what.between.from === undefined ? what.formats.length * (what.speakers[1] - what.speakers[0]) : 1;
    const rows = rowSegments(lengths, what.frames, what.step).length * speaking;
    const hash = hashOf(what.set.hash, JSON.stringify(settingsOf(given)));
    return { count: rows, hash, ...(what.frames !== 'all' && { classes: { phone: phoneNames } }) };
  },
  sound: (given) => ({ format: chosen(given).format, fields: ['sound', 'same', 'other', 'parallel'] }),
  open(given) {
    const what = chosen(given);
    const utterances = utterancesOf(what);
    const { frames, format, between, wave } = what;
    const { segments, ...beside } = pairedRows(utterances, frames, what.step, between);
    const texts = utterances.map((_, i) => placeOf(what, i).text);
    const parallel: SegmentOf = (row, pass) => {
      const { speaker } = utterances[beside.other(row, pass).utterance];
      const text = texts[segments[row].utterance];
      const utterance = utterances.findIndex((one, i) => one.speaker === speaker && texts[i] === text);
      return { ...segments[row], utterance };
    };
    const sound = soundField(utterances, format.channels);
    const saidIn = ({ utterance }: Segment): readonly Said[] => textOf(texts[utterance]);
    const phonesOf: StretchField['read'] = (segment, out, at) =>
      readPhones(saidIn(segment), segment, format, out, at);
    const phone: FieldReader = (row, out, at) => {
      const segment = segments[row];
      out[at] = phoneAt(saidIn(segment), segment.from + Math.floor(segment.frames / 2), format);
      return 1;
    };
    const read = {
      ...{ sound, ...pairedFields(utterances, sound), parallel: { ...sound, of: 'parallel' } as const },
      phones: { of: 'own', channels: phones.length, read: phonesOf } as const,
      ...(wave && { wave: waveField(utterances) }),
    };
    const { to } = between;
    const stretches = { recordings: utterances, segments, frames, texts, ...(to !== undefined && { to }) };
    const fixed: Record<string, FieldReader> = frames === 'all' ? {} : { phone };
    return stretchSource(fields(given), { ...stretches, fields: read }, { ...beside, parallel }, fixed);
  },
};
