/**
 * What a picture is: the half that the compiler sees, and the half that draws. In: rows of values that a report
 * computed, options, samples that vary. Out: a PNG.
 */
import type { Option, PictureSignature } from '../../../program/catalogue.ts';
import type { Varied } from '../../../program/manifest.ts';
import type { Pulse } from '../pulse.ts';
import type { Values } from '../metrics/metric.ts';
import type { StreamFormat } from '../sounds/sound.ts';
import type { Points } from './points.ts';

export type Options = Readonly<Record<string, Option>>;

/** What the host feeds to the report's graph for a picture that varies samples. */
export interface Feeding {
  /** Rows of the graph. */
  readonly rows: number;
  /** By the name of the graph's `given` input: a number for each row. */
  readonly given: Readonly<Record<string, Float64Array>>;
  /** For each row, which row of the draws (and of streams) it takes: those that only the varied sample tells apart take the same. */
  readonly drawRows: Uint32Array;
}

/** What a picture may know of its values beside their numbers. */
export interface About {
  readonly varied?: Readonly<Record<string, Varied>>;
  /** What the spec calls each value, by its parameter: `whole.sound`. */
  readonly names?: Readonly<Record<string, string>>;
  /** By the parameter, where a value is a field of labels: what the data calls its classes. */
  readonly classes?: Readonly<Record<string, readonly string[]>>;
  /** Where values are rows of a stream of sounds: its format. */
  readonly sound?: Pick<StreamFormat, 'format' | 'range'>;
  readonly pulse?: Pulse;
}

export interface Picture {
  readonly signature: PictureSignature;
  /** Whether it can show rows that have lengths of their own. */
  readonly anyLength?: boolean;
  /** Only of pictures with `varied` parameters. `rows`: how many samples the report line asks for. */
  feed?(varied: Readonly<Record<string, Varied>>, options: Options, rows: number): Feeding;
  /** Values come in the order of the call's arguments; throws Error with a sentence if they can't be drawn. */
  draw(
    values: Readonly<Record<string, Values>>,
    options: Options,
    about: About,
  ): { readonly png: Uint8Array; readonly points?: Points };
}

/** A number among the options, or its default. */
export function numberOption<T>(options: Options, name: string, unless: T): number | T {
  const value = options[name];
  return typeof value === 'number' ? value : unless;
}
