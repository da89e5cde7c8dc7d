/**
 * The files of `speech(...)`: which are meant, how long each recording is, and what is made of it, in memory or in a pack of
 * frames (recordings.ts). In: what is wanted, and the spec's folder. Out: utterances. A file is decoded once to know its
 * length; that is kept, and again when it is read or packed.
 */
import { relative } from 'node:path';
import { spectrograms } from '../audio/features.ts';
import type { SoundFormat, Spectrogram } from '../audio/features.ts';
import { readRecording, Unusable } from '../audio/recording.ts';
import { resampled, resampledLength } from '../audio/resample.ts';
import { framesOf } from '../audio/stft.ts';
import { FileError } from '../formats/file-error.ts';
import { permutation } from '../random.ts';
import { factsOf } from './facts.ts';
import { fileSize, hashFile, hashOf, inFolder, readOnce } from './files.ts';
import { naturally } from './natural.ts';
import type { PackPlan, Watch } from './pack.ts';
import { findFiles } from './pattern.ts';
import type { Found } from './pattern.ts';
import { clipped, frameRecords, frameWidth, heldUtterance, layoutOf } from './recordings.ts';
import type { FrameLayout, Packed, Utterance } from './recordings.ts';
import type { RowFrames } from './stretches.ts';

export interface SpeechWanted {
  readonly pattern: string;
  readonly speakers: number | null;
  /** How many `<word>` names; null: nobody says what is said. */
  readonly words: number | null;
  readonly split: string;
  readonly skip: boolean;
  readonly trim: boolean;
  readonly frames: RowFrames;
  readonly format: SoundFormat;
  /** One for each vocal tract. */
  readonly formats: readonly SoundFormat[];
  readonly wave: boolean;
}

export interface Chosen {
  readonly found: Found;
  readonly speaker: number;
  readonly word: number;
}

export interface Selection {
  /** The split's; [] where nothing fits the pattern. */
  readonly files: readonly Chosen[];
  /** By class, of all splits. */
  readonly names: Readonly<Record<'speaker' | 'word', readonly string[]>>;
}

/** The split's files with the classes of speakers and words, which are their names in order. */
export function choose({ pattern, speakers, words, split }: SpeechWanted, folder: string): Selection {
  const files = findFiles(pattern, folder);
  const place = inFolder(folder, pattern);
  const names = {
    speaker: namesOf(files, 'speaker', speakers, place),
    word: namesOf(files, 'word', words, place),
  };
  const chosen = names.speaker.flatMap((name, speaker) => {
    const own = files.filter((found) => (found.words.speaker ?? '') === name);
    return partOf(own, split, name).map((found) => ({
      found,
      speaker,
      word: names.word.indexOf(found.words.word ?? ''),
    }));
  });
  return { files: chosen, names };
}

/** What stands at `<speaker>` or `<word>`, in natural order. Throws FileError where there are not `wanted`. */
function namesOf(
  files: readonly Found[],
  of: 'speaker' | 'word',
  wanted: number | null,
  place: string,
): string[] {
  const names = [...new Set(files.map(({ words }) => words[of] ?? ''))].sort(naturally);
  if (files.length === 0 || wanted === null || names.length === wanted) return names;
  const some = names.slice(0, 12).join(', ');
  throw new FileError(place, null, `${names.length} ${of}s (${some}), where ${of}s: says ${wanted}`);
}

export const splits = ['all', 'train', 'fit', 'validate', 'test'];

/** Which files are which part is drawn once, by the speaker's name; all parts are in the files' order. */
function partOf(files: readonly Found[], split: string, speaker: string): readonly Found[] {
  if (split === 'all') return files;
  const each = Math.max(2, Math.floor(files.length / 10));
  const order = [...permutation(0, `speech:split:${speaker}`, 0, files.length)];
  const test = new Set(order.slice(0, each));
  const validate = new Set(order.slice(each, 2 * each));
  const within: Readonly<Record<string, (i: number) => boolean>> = {
    test: (i) => test.has(i),
    train: (i) => !test.has(i),
    validate: (i) => validate.has(i),
    fit: (i) => !test.has(i) && !validate.has(i),
  };
  return files.filter((_, i) => within[split](i));
}

// ---------------------------------------------------------------- lengths

/** A file's frames, or why it can't be used. */
type Length = number | string;

/** What is said of the files whatever is made of them, and a hash of all. */
interface Looked {
  readonly hash: string;
  readonly lengths: readonly Length[];
}

/** Decodes every file, unless that was done. Throws FileError at a broken one. */
function look(what: SpeechWanted, files: readonly Chosen[], watch?: Watch): Looked {
  const { trim, wave, format } = what;
  const contents = files.map(({ found }) => hashFile(found.path));
  const hash = hashOf('sounds', JSON.stringify([trim, wave, format.rate, format.shape, contents]));
  const sizes = files.map(({ found }) => fileSize(found.path));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const lengths = factsOf(hash, total, () => {
    let done = 0;
    return files.map(({ found }, i): Length => {
      watch?.((done += sizes[i]), total);
      return lengthOf(found.path, what);
    });
  });
  return { hash, lengths };
}

function lengthOf(path: string, { trim, wave, format }: SpeechWanted): Length {
  try {
    const { rate, samples } = readRecording(readOnce(path), path, trim);
    const length = resampledLength(samples.length, rate, format.rate);
    if (length < format.shape.window) return 'shorter than a window';
    if (wave && samples.some((x) => Math.abs(x) > 1)) return 'over full scale at the common loudness';
    return framesOf(length, format.shape);
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}

// ---------------------------------------------------------------- utterances

/** A recording that can be used. */
interface Usable extends Chosen {
  readonly frames: number;
  /** Its first frame among those of all files that could be decoded. */
  readonly first: number;
}

export interface Recordings {
  readonly usable: readonly Usable[];
  /** Files left out, each with the reason. */
  readonly skipped: readonly string[];
  /** How all frames are packed, also of recordings that are too short for a segment. */
  readonly plan: PackPlan;
}

/** Throws FileError at a broken file, and, unless they are skipped, for unusable ones. */
export function recordings(
  what: SpeechWanted,
  files: readonly Chosen[],
  folder: string,
  watch?: Watch,
): Recordings {
  const { hash, lengths } = look(what, files, watch);
  const [usable, skipped]: [Usable[], string[]] = [[], []];
  let first = 0;
  files.forEach((file, i) => {
    const length = lengths[i];
    const why = unusable(length, what.frames);
    if (why !== null) skipped.push(`${shortest(file.found.path, folder)} (${why})`);
    else usable.push({ ...file, frames: Number(length), first });
    first += typeof length === 'number' ? length : 0;
  });
  requireUsable(what, skipped, folder);
  const layout = layoutOf(what.formats, what.wave);
  const made = what.formats.map(({ mel, emphasis, channels }) => [mel, emphasis, channels]);
  const plan: PackPlan = {
    key: hashOf(hash, JSON.stringify(made)),
    of: inFolder(folder, what.pattern),
    count: first,
    width: frameWidth(layout),
    *parts() {
      for (const [i, { found }] of files.entries())
        if (typeof lengths[i] === 'number') yield recordsOf(found.path, what, layout);
    },
  };
  return { usable, skipped, plan };
}

function unusable(length: Length, least: RowFrames): string | null {
  if (typeof length === 'string') return length;
  return least === 'all' || length >= least ? null : `${length} frames, and a segment has ${least}`;
}

function requireUsable({ skip, pattern }: SpeechWanted, skipped: readonly string[], folder: string): void {
  if (skipped.length === 0 || skip) return;
  const rest = skipped.length > 5 ? ` and ${skipped.length - 5} more` : '';
  throw new FileError(
    inFolder(folder, pattern),
    null,
    `recordings that can't be used: ${skipped.slice(0, 5).join(', ')}${rest}; mend them, or say unusable: skip`,
  );
}

/** From the spec's folder, where it is in there. */
function shortest(path: string, folder: string): string {
  const near = relative(folder, path);
  return near.startsWith('..') ? path : near;
}

/** Of a recording at its own rate only 32 bits are kept until its features are asked for. */
function keptSamples(path: string, { trim, format }: SpeechWanted): { readonly said: () => Float64Array } {
  const { rate, samples } = readRecording(readOnce(path), path, trim);
  const kept = Float32Array.from(samples);
  return { said: () => resampled(Float64Array.from(kept), rate, format.rate) };
}

/** Each recording, once for each vocal tract, held in memory once it was read. */
export function heldUtterances(what: SpeechWanted, usable: readonly Usable[]): Utterance[] {
  const { formats, speakers, format } = what;
  return usable.flatMap(({ found, speaker, word, frames }) => {
    let samples: ReturnType<typeof keptSamples> | null = null;
    const said = (): Float64Array => (samples ??= keptSamples(found.path, what)).said();
    let made: readonly Spectrogram[] | null = null;
    const heard = (): readonly Spectrogram[] => (made ??= spectrograms(said(), formats));
    let waved: Float32Array | null = null;
    return formats.map((_, tract) =>
      heldUtterance({
        speaker: speaker + tract * (speakers ?? 1),
        word,
        frames,
        hop: format.shape.hop,
        spectrogram: () => heard()[tract],
        wave: () => (waved ??= clipped(said())),
      }),
    );
  });
}

function recordsOf(path: string, what: SpeechWanted, layout: FrameLayout): Uint8Array {
  const said = keptSamples(path, what).said();
  return frameRecords(layout, spectrograms(said, what.formats), what.wave ? clipped(said) : null);
}

/** Where each recording, once for each vocal tract, stands in the pack. */
export const packedPlaces = ({ formats, speakers }: SpeechWanted, usable: readonly Usable[]): Packed[] =>
  usable.flatMap(({ speaker, word, frames, first }) =>
    formats.map((_, tract) => ({
      speaker: speaker + tract * (speakers ?? 1),
      word,
      frames,
      first,
      tract,
    })),
  );
