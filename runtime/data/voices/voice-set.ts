/**
 * The built-in voices: fourteen speakers, texts that each of them says, in two sets: of train and test, and of validate.
 * Synthesised when first asked for (some seconds), then kept in the cache; its bytes are those of the set's `hash`, or they
 * are not used.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../atomic.ts';
import { cacheFolder } from '../../cache.ts';
import { makeFolders } from '../../disk.ts';
import { speakers } from './speakers.ts';
import { synthesise } from './synthesis.ts';
import { lengthOfText, textOf, textsOf } from './texts.ts';
import type { VoiceSplit } from './texts.ts';
import { trackOf } from './track.ts';

/** Texts that are synthesised together. */
export interface VoiceSet {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** SHA-256 of all samples, little-endian, speaker by speaker, text by text. A model is tuned on these bytes. */
  readonly hash: string;
}

/** The second came later: the first one's bytes stayed what runs before it know. */
export const heardSet: VoiceSet = {
  name: 'voices',
  from: textsOf.train[0],
  to: textsOf.test[1],
  hash: '705ed8578c1c0e0682ee9a9d4253c330dfc9b8b7d71567929867c8fcc1807745',
};
export const validateSet: VoiceSet = {
  name: 'voices to validate',
  from: textsOf.validate[0],
  to: textsOf.validate[1],
  hash: 'c794a1978b9cf50f437f913bc134392bbe9e3eccfbb40cd2ad651fb4cb0c13de',
};

export const voiceSets: Readonly<Record<VoiceSplit, VoiceSet>> = {
  train: heardSet,
  test: heardSet,
  validate: validateSet,
};

const opened = new Map<VoiceSet, Int16Array>();

/** 16-bit samples of a speaker's rendering of a text of the set. Throws if this machine makes other bytes. */
export function sentence(set: VoiceSet, speaker: number, text: number): Int16Array {
  const samples = opened.get(set) ?? keptVoices(cacheFile(set), set) ?? made(set);
  opened.set(set, samples);
  const lengths = lengthsOf(set);
  const total = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
  const from = speaker * total(lengths) + total(lengths.slice(0, text - set.from));
  return samples.subarray(from, from + lengths[text - set.from]);
}

const lengthsOf = ({ from, to }: VoiceSet): number[] =>
  Array.from({ length: to - from }, (_, i) => lengthOfText(textOf(from + i)));

const hashOf = (samples: Int16Array): string => createHash('sha256').update(bytesOf(samples)).digest('hex');

const bytesOf = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

const cacheFile = ({ hash }: VoiceSet): string => join(cacheFolder(), `voices-${hash.slice(0, 12)}.pcm`);

/** What an earlier run kept in the file; null if it isn't there, or not the set whole. */
export function keptVoices(path: string, { hash }: VoiceSet): Int16Array | null {
  try {
    const bytes = readFileSync(path);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return hashOf(samples) === hash ? samples : null;
  } catch {
    return null;
  }
}

function made(set: VoiceSet): Int16Array {
  const samples = synthesiseAll(set);
  const hash = hashOf(samples);
  if (hash !== set.hash) {
    throw new Error(
      `voices: this machine synthesises other bytes than they are known by (${hash.slice(0, 12)}, not ${set.hash.slice(0, 12)})`,
    );
  }
  try {
    makeFolders(cacheFolder());
    writeFileAtomic(cacheFile(set), bytesOf(samples));
  } catch {
    // A cache that can't be written costs some seconds at the next start, and nothing else.
  }
  return samples;
}

/** Every sentence of the set, one after the other. */
export function synthesiseAll(set: VoiceSet): Int16Array {
  const lengths = lengthsOf(set);
  const all = new Int16Array(speakers.length * lengths.reduce((a, b) => a + b, 0));
  let at = 0;
  speakers.forEach((speaker, number) => {
    lengths.forEach((length, i) => {
      const take = speakers.length * set.from + number * (set.to - set.from) + i;
      const track = trackOf(textOf(set.from + i), speaker, take);
      all.set(synthesise(track, speaker, length, take), at);
      at += length;
    });
  });
  return all;
}
