/**
 * What a sound function is: the half that the compiler sees, and the half that plays. In: rows of values that a
 * report computed, options, and the format that the values are features in. Out: a WAV file for each row, and the
 * picture of what was played.
 */
import type { PictureSignature } from '../../../program/catalogue.ts';
import type { Values } from '../metrics/metric.ts';
import type { Pulse } from '../pulse.ts';
import type { Options } from '../pictures/picture.ts';
import type { SoundFormat } from '../../audio/features.ts';

/** How a stream's sequences become sound: their format, and the ranges that its numbers were converted to. */
export interface StreamFormat {
  readonly format: SoundFormat;
  /** Of features. */
  readonly range: readonly [number, number];
  /** Of samples. */
  readonly samples: readonly [number, number];
}

/** What the numbers of a line are. */
export interface LineFormat extends StreamFormat {
  /** Of the mel bands that its spectra are held to; null: it names none. */
  readonly bands: StreamFormat | null;
}

export interface Played {
  readonly wav: Uint8Array;
  /** Its spectrogram. */
  readonly png: Uint8Array;
}

export interface Sound {
  readonly signature: PictureSignature;
  /** Rows may have lengths of their own. Throws Error with a sentence if the values are no sound of this format. */
  play(
    values: Readonly<Record<string, Values>>,
    options: Options,
    format: LineFormat,
    pulse?: Pulse,
  ): readonly Played[];
}
