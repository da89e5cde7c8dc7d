/**
 * Spectrograms of sounds that a network makes, as sources of sound make those of recordings (runtime/audio/features.ts): the
 * same numbers, differentiable. In: samples, and a field that says how; out: levels of bands or bins, frame by frame. Frames
 * are blocks of a hop side by side, their transform is a product with fixed cosines and sines.
 */
import {
  channelsOf,
  faintest,
  floorDecibel,
  fullScale,
  topDecibel,
  type SoundFeatures,
} from '../../../program/sound.ts';
import { kinds } from '../../errors.ts';
import { alongAxes, broadcastTo, square } from '../../ir/compose.ts';
import { addDims, divDims, subDims, type Dim, type Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { printType, type Bounds, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { derived, inRows, whole, wrongForm } from '../shapes.ts';
import { value, type Args, type Builtin, type Call, type Heard } from '../builtin.ts';

export const spectrogram: Builtin = {
  doc: 'The features of samples, as the source of a stream of sounds computes them of recordings: seq[1, hop · T] to seq[channels, T], differentiable. For losses on what a vocoder makes: `l1(spectrogram(fake, like: spoken.sound), spectrogram(spoken.wave, like: spoken.sound))`. What lies outside of the samples is 0, so the first and last frames are those of the samples alone.',
  where: 'anywhere',
  params: [
    value('x', 'seq[1, hop · T]: samples, in the range of `wave` of that stream.'),
    value('like', 'A field of a stream of sounds, `spoken.sound`: its features are meant.'),
  ],
  build(call, args) {
    const input = args.tensor('x');
    const { features, range, samples } = heardAs(call, args);
    checkSamples(call, input, samples);
    const frames = whole(
      call,
      divDims(input.type.shape[1], features.hop) ?? undefined,
      input.type.shape[1],
      features.hop,
    );
    const { x, undo } = inRows(call, input);
    const bands = bandsOf(call, magnitudes(call, fullRange(call, x, samples), frames, features), features);
    const shape = [channelsOf(features), frames];
    const type: TensorType = { ...derived(input.type, shape), range };
    return call.tensor(undo(call.b.transpose(levels(call, bands, range), [0, 2, 1])), type);
  },
};

function heardAs(call: Call, args: Args): Heard & { readonly features: SoundFeatures } {
  const found = call.heard(args.tensor('like'));
  const hint = 'Name one of a `voices(...)` or `speech(...)` stream: `like: spoken.sound`.';
  if (found === null) return call.fail(kinds.badArgument, { what: '`like` is no field of sounds', hint });
  if (found.features !== null) return { ...found, features: found.features };
  return call.fail(kinds.badArgument, {
    what: `\`${found.stream}\` has several vocal tracts, each with features of its own`,
    hint: 'Name a stream that has one: without `tracts`.',
  });
}

function checkSamples(call: Call, { type }: TensorValue, [low, high]: Bounds): void {
  if (type.form !== 'seq' || type.shape[0] !== 1)
    wrongForm(call, 'spectrogram', 'seq[1, T]', type, 'Samples are one channel: end with `conv(1, ...)`.');
  if (type.range === null || (type.range[0] >= low && type.range[1] <= high)) return;
  call.fail(kinds.range, {
    what: `\`spectrogram\` takes samples in [${low}, ${high}], and ${printType(type)} came in`,
    why: 'Levels are counted from the loudest sample that there can be.',
    hint: low === -1 && high === 1 ? 'End the network with `tanh`.' : `Bring them to [${low}, ${high}].`,
  });
}

/** Samples in [-1, 1]. */
function fullRange({ b }: Call, x: Node, [low, high]: Bounds): Node {
  if (low === -1 && high === 1) return x;
  return b.sub(b.mul(b.sub(x, low), 2 / (high - low)), 1);
}

/** [R, 1, hop · T] → [R, T, bins], where a sine of full scale has 1. */
function magnitudes(call: Call, x: Node, frames: Dim, how: SoundFeatures): Node {
  const { b } = call;
  const windows = framed(call, emphasised(call, x, how.emphasis), frames, how);
  const { cosines, sines } = waves(call, Number(windows.shape[2]), how);
  const [re, im] = [b.matmul(windows, cosines), b.matmul(windows, sines)];
  return b.called('magnitudes', b.sqrt(b.add(square(b, re), square(b, im))));
}

/** x[n] - by · x[n - 1], before the first of which there is nothing. */
function emphasised({ b }: Call, x: Node, by: number): Node {
  if (by === 0) return x;
  const before = b.slice(x, 2, 0, subDims(x.shape[2], 1));
  return b.sub(x, b.mul(b.pad(before, [0, 0, 1], [0, 0, 0]), by));
}

/** [R, 1, hop · T] → [R, T, blocks · hop]: what stands under the window of each frame, and a rest that it weighs with 0. */
function framed({ b }: Call, x: Node, frames: Dim, { window, hop }: SoundFeatures): Node {
  const rows = x.shape[0];
  const blocks = Math.ceil(window / hop);
  // A frame's middle is its sample f · hop.
  const before = Math.ceil(window / 2);
  const after = (blocks - 1) * hop - before;
  const kept = after < 0 ? b.slice(x, 2, 0, addDims(x.shape[2], after)) : x;
  const padded = b.pad(kept, [0, 0, before], [0, 0, Math.max(0, after)]);
  const hops = b.reshape(padded, [rows, addDims(frames, blocks - 1), hop]);
  const parts = Array.from({ length: blocks }, (_, k) => b.slice(hops, 1, k, addDims(frames, k)));
  return b.called('frames', b.concat(parts, 2));
}

/** [length, bins] each: cosines and sines under the window, in units of full scale. */
function waves(
  call: Call,
  length: number,
  { window, size }: SoundFeatures,
): Record<'cosines' | 'sines', Node> {
  const { b } = call;
  const shape: Shape = [length, size / 2 + 1];
  const n = b.iota(length);
  const hann = b.sub(0.5, b.mul(0.5, b.cos(b.mul(n, (2 * Math.PI) / window))));
  const weights = b.mul(b.mul(hann, b.less(n, window)), 1 / fullScale({ window }));
  const angles = b.mul(turns(call, n, shape, size), (2 * Math.PI) / size);
  const under = (wave: Node): Node => b.mul(broadcastTo(b, weights, shape, [0]), wave);
  return {
    cosines: b.called('cosines', under(b.cos(angles))),
    sines: b.called('sines', under(b.sin(angles))),
  };
}

/** n · k modulo the transform's size, exact in float32: of large angles it would keep few digits. */
function turns({ b }: Call, n: Node, shape: Shape, size: number): Node {
  const bins = broadcastTo(b, b.iota(shape[1]), shape, [1]);
  const modulo = (x: Node): Node => b.sub(x, b.mul(size, b.floor(b.div(x, size))));
  const chunk = 64;
  const high = b.floor(b.div(n, chunk));
  const low = b.sub(n, b.mul(chunk, high));
  const [highs, lows] = [high, low].map((part) => b.mul(broadcastTo(b, part, shape, [0]), bins));
  return modulo(b.add(b.mul(chunk, modulo(highs)), lows));
}

/** [R, T, bins] → [R, T, bands]: triangles over the bins, each with a sum of 1. */
function bandsOf({ b }: Call, spectra: Node, { edges, size }: SoundFeatures): Node {
  if (edges === null) return spectra;
  const shape = [size / 2 + 1, edges.length - 2];
  const along = (numbers: readonly number[]): Node =>
    broadcastTo(b, b.constant(numbers, [shape[1]]), shape, [1]);
  const [low, high] = [edges.slice(0, -2), edges.slice(2)];
  const rises = low.map((edge, band) => 1 / (edges[band + 1] - edge));
  const falls = high.map((edge, band) => 1 / (edge - edges[band + 1]));
  const bin = broadcastTo(b, b.iota(shape[0]), shape, [0]);
  const rising = b.mul(b.sub(bin, along(low)), along(rises));
  const falling = b.mul(b.sub(along(high), bin), along(falls));
  const heights = b.max(0, b.min(rising, falling));
  const sums = alongAxes(b, b.sum(heights, [0]), shape, [0]);
  return b.matmul(spectra, b.called('bands', b.div(heights, sums)));
}

/** Magnitudes as levels in decibels, from the low end of the range to the high one. */
function levels({ b }: Call, magnitude: Node, [low, high]: Bounds): Node {
  const decibel = b.mul(20 / Math.LN10, b.log(b.max(faintest, magnitude)));
  const level = b.mul(b.sub(decibel, floorDecibel), 1 / (topDecibel - floorDecibel));
  const cut = b.max(0, b.min(1, level));
  return low === 0 && high === 1 ? cut : b.add(low, b.mul(cut, high - low));
}
