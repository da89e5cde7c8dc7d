/**
 * The built-in voices as a whole: fourteen speakers, fifty texts, each said by each. Synthesised when first asked for
 * (some seconds), then kept in the cache; its bytes are those of `voicesHash`, or they are not used.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../atomic.ts';
import { cacheFolder } from '../../cache.ts';
import { speakers } from './speakers.ts';
import { synthesise } from './synthesis.ts';
import { lengthOfText, textOf, texts } from './texts.ts';
import type { Said } from './texts.ts';
import { trackOf } from './track.ts';

/** SHA-256 of all samples, little-endian, speaker by speaker, text by text. A model is tuned on these bytes. */
export const voicesHash = '705ed8578c1c0e0682ee9a9d4253c330dfc9b8b7d71567929867c8fcc1807745';

export interface VoiceSet {
  /** By number of the text. */
  readonly said: readonly (readonly Said[])[];
  /** 16-bit samples of a speaker's rendering of a text. */
  sentence(speaker: number, text: number): Int16Array;
}

let opened: VoiceSet | null = null;

/** Throws if this machine makes other bytes. */
export function voiceSet(): VoiceSet {
  opened ??= layOut(keptVoices(cacheFile()) ?? made());
  return opened;
}

const allTexts = (): (readonly Said[])[] => Array.from({ length: texts }, (_, text) => textOf(text));

function layOut(samples: Int16Array): VoiceSet {
  const said = allTexts();
  const lengths = said.map(lengthOfText);
  const starts = lengths.map((_, text) => lengths.slice(0, text).reduce((a, b) => a + b, 0));
  const perSpeaker = lengths.reduce((a, b) => a + b, 0);
  return {
    said,
    sentence(speaker, text) {
      const from = speaker * perSpeaker + starts[text];
      return samples.subarray(from, from + lengths[text]);
    },
  };
}

const hashOf = (samples: Int16Array): string => createHash('sha256').update(bytesOf(samples)).digest('hex');

const bytesOf = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

const cacheFile = (): string => join(cacheFolder(), `voices-${voicesHash.slice(0, 12)}.pcm`);

/** What an earlier run kept in the file; null if it isn't there, or not the voices whole. */
export function keptVoices(path: string): Int16Array | null {
  try {
    const bytes = readFileSync(path);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return hashOf(samples) === voicesHash ? samples : null;
  } catch {
    return null;
  }
}

function made(): Int16Array {
  const samples = synthesiseAll();
  const hash = hashOf(samples);
  if (hash !== voicesHash) {
    throw new Error(
      `voices: this machine synthesises other bytes than they are known by (${hash.slice(0, 12)}, not ${voicesHash.slice(0, 12)})`,
    );
  }
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileAtomic(cacheFile(), bytesOf(samples));
  } catch {
    // A cache that can't be written costs some seconds at the next start, and nothing else.
  }
  return samples;
}

/** Every sentence, one after the other. */
export function synthesiseAll(): Int16Array {
  const said = allTexts();
  const lengths = said.map(lengthOfText);
  const all = new Int16Array(speakers.length * lengths.reduce((a, b) => a + b, 0));
  let at = 0;
  speakers.forEach((speaker, number) => {
    said.forEach((text, i) => {
      const take = number * texts + i;
      all.set(synthesise(trackOf(text, speaker, take), speaker, lengths[i], take), at);
      at += lengths[i];
    });
  });
  return all;
}
