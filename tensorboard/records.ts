/**
 * TensorBoard's event files, byte by byte. In: an event's fields; out: a record. A file is records one after the other, each
 * its length, a checksum of that, the bytes, a checksum of those (TFRecord). Source: tensorflow/core/util/event.proto and
 * framework/summary.proto; the checksum is CRC-32C (RFC 3720, appendix B.4), masked as lib/hash/crc32c.h says.
 */
import {
  bytesField,
  concatBytes,
  doubleField,
  floatField,
  intField,
  messageField,
  stringField,
  type Bytes,
} from '../program/protobuf.ts';

export type { Bytes };

export interface Stamp {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
}

// ---------------------------------------------------------------- records

const polynomial = 0x82f63b78;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value >>> 0;
});

/** CRC-32C. */
export function crc32c(bytes: Bytes): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

const masked = (bytes: Bytes): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

function record(data: Bytes): Bytes {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return out;
}

const event = ({ time, step }: Stamp, what: Bytes): Bytes =>
  record(concatBytes([doubleField(1, time), intField(2, step), what]));

/** What every file begins with. */
export const fileVersion = (time: number): Bytes => event({ time, step: 0 }, stringField(3, 'brain.Event:2'));

const summary = (stamp: Stamp, tag: string, value: readonly Bytes[]): Bytes =>
  event(stamp, messageField(5, [messageField(1, [stringField(1, tag), ...value])]));

/** Metadata that names the plugin which shows a value. */
const plugin = (name: string, content?: Bytes): Bytes =>
  messageField(9, [messageField(1, [stringField(1, name), ...(content ? [bytesField(2, content)] : [])])]);

// ---------------------------------------------------------------- values

export const scalar = (stamp: Stamp, tag: string, value: number): Bytes =>
  summary(stamp, tag, [floatField(2, value)]);

/** A PNG. */
export const image = (
  stamp: Stamp,
  tag: string,
  png: Bytes,
  size: { readonly width: number; readonly height: number },
): Bytes =>
  summary(stamp, tag, [
    messageField(4, [intField(1, size.height), intField(2, size.width), intField(3, 3), bytesField(4, png)]),
  ]);

/** A WAV file of one channel. */
export const audio = (
  stamp: Stamp,
  tag: string,
  wav: Bytes,
  sound: { readonly rate: number; readonly frames: number },
): Bytes =>
  summary(stamp, tag, [
    messageField(6, [
      floatField(1, sound.rate),
      intField(2, 1),
      intField(3, sound.frames),
      bytesField(4, wav),
      stringField(5, 'audio/wav'),
    ]),
  ]);

/** Markdown. A string is a tensor of rank 0: DT_STRING is 7. */
export const text = (stamp: Stamp, tag: string, value: string): Bytes =>
  summary(stamp, tag, [
    plugin('text'),
    messageField(8, [intField(1, 7), messageField(2, []), stringField(8, value)]),
  ]);

const bins = 30;

/** How many of the values lie in each of 30 equal bins. */
export function histogram(stamp: Stamp, tag: string, values: ArrayLike<number>): Bytes {
  let [low, high, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    squares += value * value;
  }
  const width = (high - low) / bins || 1;
  const counts = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) counts[Math.min(bins - 1, Math.floor((values[i] - low) / width))]++;
  const limits = Float64Array.from(counts, (_, i) => low + (i + 1) * width);
  return summary(stamp, tag, [
    messageField(5, [
      doubleField(1, low),
      doubleField(2, high),
      doubleField(3, values.length),
      doubleField(4, sum),
      doubleField(5, squares),
      bytesField(6, new Uint8Array(limits.buffer)),
      bytesField(7, new Uint8Array(counts.buffer)),
    ]),
  ]);
}

// ---------------------------------------------------------------- hparams

export type Parameter = number | boolean | string;

/** google.protobuf.Value */
function parameterValue(value: Parameter): Bytes[] {
  if (typeof value === 'number') return [doubleField(2, value)];
  return typeof value === 'boolean' ? [intField(4, value ? 1 : 0)] : [stringField(3, value)];
}

/** SessionStartInfo of plugins/hparams/plugin_data.proto: what a run was started with. */
export function parameters(stamp: Stamp, name: string, given: Readonly<Record<string, Parameter>>): Bytes {
  const entries = Object.entries(given).map(([key, value]) =>
    messageField(1, [stringField(1, key), messageField(2, parameterValue(value))]),
  );
  const start = messageField(3, [...entries, stringField(4, name), doubleField(5, stamp.time)]);
  const content = concatBytes([intField(1, 0), start]);
  // A float of rank 0: TensorBoard looks at the metadata alone.
  const value = [
    plugin('hparams', content),
    messageField(8, [intField(1, 1), messageField(2, []), floatField(5, 0)]),
  ];
  return summary(stamp, '_hparams_/session_start_info', value);
}
