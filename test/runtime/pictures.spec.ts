import { assert } from 'chai';
import { pictures } from '../../runtime/catalogue.ts';
import { pixelsOf } from './pixels.ts';
import type { Raster } from '../../runtime/formats/png.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { principalPlane } from '../../runtime/reports/pictures/embedding.ts';
import { glyphOf } from '../../runtime/reports/pictures/font.ts';
import type { TextSize } from '../../runtime/reports/pictures/font.ts';
import { ink, shortened, textWidth } from '../../runtime/reports/pictures/canvas.ts';
import type { About } from '../../runtime/reports/pictures/picture.ts';
import { toByte } from '../../runtime/reports/pictures/sheet.ts';
import { ticksApart, tickStep } from '../../runtime/reports/pictures/ticks.ts';
import { channelAt, decibelAt, formatOf } from '../../runtime/audio/features.ts';
import { hertzOfMel, melOfHertz } from '../../runtime/audio/mel.ts';

const at = ({ data, width }: Raster, x: number, y: number): number[] => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

/** Flat images of 28 × 28: image i has the value given. */
function flat(values: number[], channels = 1, side = 28): Values {
  const size = channels * side * side;
  return {
    data: Float32Array.from({ length: values.length * size }, (_, i) => values[Math.floor(i / size)]),
    shape: [values.length, channels, side, side],
  };
}

const draw = (name: string, values: Record<string, Values>, options = {}, about: About = {}): Raster =>
  pixelsOf(pictures[name].draw(values, options, about).png);

describe('pictures of images', () => {
  it('map the range to bytes and clip what lies outside', () => {
    assert.deepEqual(
      [-1, -0.5, 0, 1, 2, NaN].map((x) => toByte(x, [-1, 1])),
      [0, 64, 128, 255, 255, 0],
    );
  });

  it('grid: tiles of whole pixels, white lines between', () => {
    const sheet = draw('grid', { images: flat([0, 0.2, 0.4, 0.6, 1]) });
    // Three in a row, 28 × 2 each, 2 between, 8 around.
    assert.deepEqual([sheet.width, sheet.height], [8 + 3 * 58 - 2 + 8, 8 + 2 * 58 - 2 + 8]);
    const seen = [8, 66, 124].map((x) => at(sheet, x, 8)[0]);
    assert.deepEqual(seen, [0, 51, 102]);
    assert.deepEqual(at(sheet, 64, 20), [255, 255, 255]);
    assert.deepEqual(at(sheet, 63, 63), [0, 0, 0]);
    assert.deepEqual(at(sheet, 8, 66), [153, 153, 153]);
    assert.deepEqual(at(sheet, 130, 70), [255, 255, 255], 'the empty place');
  });

  it('grid: colours by channel, the range as told or guessed', () => {
    const image: Values = { data: Float32Array.of(-1, 0, 1), shape: [1, 3, 1, 1] };
    assert.deepEqual(at(draw('grid', { image }), 20, 20), [0, 128, 255]);
    assert.deepEqual(at(draw('grid', { image }, { range: [0, 2] }), 20, 20), [0, 0, 128]);
    assert.throws(
      () => draw('grid', { image: { data: new Float32Array(4), shape: [2, 2] } }),
      /shape \[2, 2\]/,
    );
    assert.throws(
      () => draw('grid', { image: { data: new Float32Array(4), shape: [1, 2, 1, 2] } }),
      /1 or 3 channels/,
    );
    assert.throws(
      () => draw('grid', { image: { data: new Float32Array(0), shape: [0, 1, 2, 2] } }),
      /no images/,
    );
  });

  it('rows: one set under the other, bands apart', () => {
    const sheet = draw(
      'rows',
      { 'images.0': flat([0, 0.2, 0.4]), 'images.1': flat([0.6, 0.8, 1]) },
      { columns: 2 },
    );
    assert.deepEqual([sheet.width, sheet.height], [8 + 2 * 58 - 2 + 8, 8 + 4 * 58 - 2 + 8 + 8]);
    assert.deepEqual(
      [8, 66].map((y) => at(sheet, 8, y)[0]),
      [0, 153],
    );
    assert.deepEqual(
      [8, 66].map((y) => at(sheet, 66, y)[0]),
      [51, 204],
    );
    assert.deepEqual(
      [132, 190].map((y) => at(sheet, 8, y)[0]),
      [102, 255],
    );
  });

  it('traverse: feeds every pair of values, all else equal, and lays them out in that order', () => {
    const varied = { rows: { input: 'g0', classes: 3 }, columns: { input: 'g1', classes: null } };
    const options = { from: -1, to: 1, steps: 5 };
    const feeding = pictures.traverse.feed?.(varied, options, 64);
    assert.equal(feeding?.rows, 15);
    assert.deepEqual([...(feeding?.given.g0 ?? [])], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    assert.deepEqual([...(feeding?.given.g1 ?? [])].slice(0, 6), [-1, -0.5, 0, 0.5, 1, -1]);
    assert.deepEqual([...(feeding?.drawRows ?? [])], Array(15).fill(0));
    const values = { images: flat([...Array(15).keys()].map((i) => i / 15)) };
    const sheet = pixelsOf(pictures.traverse.draw(values, options, { varied }).png);
    const [left, top] = [sheet.width - 8 - 5 * 58 + 2, sheet.height - 8 - 3 * 58 + 2];
    assert.equal(at(sheet, left + 58 * 2, top + 58)[0], Math.round((255 * 7) / 15));
    const marked = (x: number, y: number, width: number, height: number): boolean =>
      [...Array(width * height).keys()].some(
        (i) => at(sheet, x + (i % width), y + Math.floor(i / width))[0] < 100,
      );
    for (let row = 0; row < 3; row++)
      assert.isTrue(marked(0, top + 58 * row, left - 4, 56), `label of row ${row}`);
    for (let i = 0; i < 5; i++) assert.isTrue(marked(left + 58 * i, 0, 56, top - 4), `label of column ${i}`);
  });

  it('traverse: without rows, each row is another draw', () => {
    const feeding = pictures.traverse.feed?.({ columns: { input: 'g', classes: 2 } }, {}, 3);
    assert.deepEqual([...(feeding?.drawRows ?? [])], [0, 0, 1, 1, 2, 2]);
    assert.deepEqual(Object.keys(feeding?.given ?? {}), ['g']);
  });
});

describe('pictures of points', () => {
  it('principal axes: most variance first, distances in the plane kept', () => {
    const data = Float64Array.from({ length: 300 }, (_, i) => {
      const [row, column] = [Math.floor(i / 3), i % 3];
      const [u, v] = [Math.cos(row), 0.3 * Math.sin(row * 1.7)];
      return [0.6 * u - 0.8 * v, 0.8 * u + 0.6 * v, 5][column];
    });
    const plane = principalPlane({ data, shape: [100, 3] }, 3);
    const distance = (points: Float64Array, width: number, a: number, b: number): number =>
      Math.hypot(...[...Array(width).keys()].map((j) => points[a * width + j] - points[b * width + j]));
    for (let row = 1; row < 100; row++)
      assert.closeTo(distance(plane, 2, 0, row), distance(data, 3, 0, row), 1e-9);
    const square = (axis: number): number =>
      plane.reduce((sum, x, i) => sum + (i % 2 === axis ? x * x : 0), 0);
    assert.isAbove(square(0), 5 * square(1));
  });

  it('draw every group in its colour, and a legend; NaN is left out', () => {
    const codes = { data: Float32Array.of(0, 0, 1, 1, 0, 1, NaN, 3), shape: [4, 2] };
    const scatter = draw('scatter', {
      'points.0': codes,
      'points.1': { data: Float32Array.of(0.5, 0.5), shape: [1, 2] },
    });
    const count = (raster: Raster, colour: number[]): number => {
      let found = 0;
      for (let i = 0; i < raster.data.length; i += 3)
        found += Number(colour.every((c, k) => Math.abs(raster.data[i + k] - c) < 70));
      return found;
    };
    assert.isAbove(count(scatter, [55, 118, 184]), 3 * 20);
    assert.isAbove(count(scatter, [238, 134, 40]), 20);
    const embedding = draw('embedding', {
      codes: { data: Float32Array.of(0, 0, 1, 1, 0, 1), shape: [3, 2] },
      colour: { data: Float32Array.of(0, 1, 2), shape: [3] },
    });
    assert.isAbove(count(embedding, [64, 155, 88]), 40);
    assert.throws(() => draw('scatter', { x: { data: new Float32Array(3), shape: [3, 1] } }), /not of 1/);
  });

  it('scatter: points of many coordinates lie in the plane of all sets together', () => {
    const far = (offset: number) => ({
      data: Float32Array.from(
        { length: 40 * 5 },
        (_, i) => (i % 5 === 3 ? offset : 0) + 0.1 * Math.sin(i * i),
      ),
      shape: [40, 5],
    });
    const { data, width } = draw('scatter', { 'points.0': far(0), 'points.1': far(9) });
    const columns = (colour: number[]): number[] =>
      Array.from({ length: data.length / 3 }, (_, i) => i)
        .filter((i) => i / width > 60 && colour.every((c, k) => Math.abs(data[3 * i + k] - c) < 70))
        .map((i) => i % width);
    const [blue, orange] = [columns([55, 118, 184]), columns([238, 134, 40])];
    const apart = Math.max(...blue) < Math.min(...orange) || Math.max(...orange) < Math.min(...blue);
    assert.isTrue(blue.length > 20 && orange.length > 20 && apart, 'the sets lie apart along the first axis');
    const unlike = { 'points.0': far(0), 'points.1': { data: new Float32Array(8), shape: [2, 4] } };
    assert.throws(() => draw('scatter', unlike), /not of 5 and 4 coordinates/);
  });

  it('have an alphabet of glyphs, no two alike; what it lacks is a question mark', () => {
    const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    for (const size of [10, 13] satisfies TextSize[]) {
      const drawn = characters.map((character) => glyphOf(character, size));
      for (const [i, { advance, width, height, cover }] of drawn.entries()) {
        assert.equal(cover.length, width * height);
        assert.isTrue(advance > 2 && advance < 1.1 * size, characters[i]);
        assert.equal(
          cover.some((value) => value > 60),
          characters[i] !== ' ',
          characters[i],
        );
      }
      assert.equal(new Set(drawn.map(({ cover }) => cover.join())).size, characters.length);
      // A flat letter stands on the baseline.
      const { width, cover } = glyphOf('H', size);
      const inked = [...cover.keys()].filter((i) => cover[i] > 100).map((i) => Math.floor(i / width));
      assert.equal(Math.max(...inked), size - 1);
    }
    assert.equal(glyphOf('字', 13), glyphOf('?', 13));
  });

  it('cut texts that are too long', () => {
    assert.equal(shortened('whole.sound', 200), 'whole.sound');
    const cut = shortened('Decoder(ContentEncoder(whole.sound))', 100);
    assert.match(cut, /^Decoder\(.*…$/);
    assert.isAtMost(textWidth(cut), 100);
  });
});

describe('pictures of sequences', () => {
  const format = formatOf({ features: 'log_mel(40)', rate: 16000, window: 50, hop: 12.5, emphasis: 0.97 });
  const sound = { format, range: [0, 1] as const };
  /** Two recordings of 80 and 40 frames, silent but for one channel. */
  const tone = (channel: number): Values => ({
    data: Float32Array.from({ length: 2 * 40 * 80 }, (_, i) => Number(Math.floor(i / 80) % 40 === channel)),
    shape: [2, 40, 80],
    lengths: [80, 40],
  });
  const names = { 'sequences.0': 'whole.sound', 'sequences.1': 'converted' };
  const values = { 'sequences.0': tone(10), 'sequences.1': tone(20) };
  const dark = (sheet: Raster, x: number, y: number): boolean => at(sheet, x, y).every((c) => c < 70);

  it('have the frequency at its channel, and back', () => {
    const top = melOfHertz(8000);
    for (const channel of [0, 10, 39])
      assert.closeTo(channelAt(hertzOfMel((top * (channel + 1)) / 41), format), channel, 1e-9);
    const bins = { ...format, mel: null };
    assert.equal(channelAt(1000, bins), (1000 * bins.shape.size) / 16000);
    assert.deepEqual([decibelAt(0), decibelAt(1)], [-100, -20]);
  });

  it('have seconds below, Hz to the left, names above and a scale in dB', () => {
    const sheet = draw('spectrograms', values, {}, { names, sound });
    const bare = draw('spectrograms', values, {}, { names });
    assert.notDeepEqual(sheet, bare);
    // A second has 80 frames, of two pixels each: ticks of 0.2 s are 32 pixels apart, under each band.
    const axes = Array.from({ length: sheet.height }, (_, y) => y).filter(
      (y) =>
        Array.from({ length: 40 }, (_, i) => dark(sheet, 90 + i, y)).every(Boolean) &&
        at(sheet, 90, y).every((c, k) => c === ink[k]),
    );
    assert.lengthOf(axes, 2, 'a line under each band');
    const ticks = (y: number): number[] =>
      Array.from({ length: sheet.width }, (_, x) => x).filter((x) =>
        at(sheet, x, y + 2).every((c, k) => c === ink[k]),
      );
    const [first, second] = axes.map(ticks);
    assert.deepEqual(
      first.slice(1).map((x, i) => x - first[i]),
      [32, 32, 32, 32],
    );
    assert.isBelow(second.length, first.length, 'the second recording is half as long');
  });

  it('keep the texts of their seconds apart, however short the sound', () => {
    for (const [frames, texts] of [
      [160, ['0', '0.2', '0.4', '0.6', '0.8', '1', '1.2', '1.4', '1.6', '1.8']],
      [32, ['0', '0.2']],
      [3, ['0']],
    ] as const) {
      const each = 0.0125;
      const room = (text: string): number => ((textWidth(text) + textWidth('0')) / 2) * each;
      const length = (frames - 1) * each;
      const found = ticksApart([0, length], tickStep(frames * each, 10), room);
      assert.deepEqual(
        found.map(([, text]) => text),
        [...texts],
      );
    }
    const steps = [0.01, 0.02, 0.05, 0.1, 0.2].map((step) => ticksApart([0, 10], step, () => 0.9)[1][0]);
    assert.deepEqual(steps, [1, 1, 1, 1, 1]);
  });

  it('of codes have frames and channels, and say what they cannot show', () => {
    const codes = { data: new Float32Array(2 * 3 * 20), shape: [2, 3, 20] };
    const sheet = draw('spectrograms', { 'sequences.0': codes }, {}, { sound });
    assert.deepEqual(sheet, draw('spectrograms', { 'sequences.0': codes }));
    assert.throws(() => draw('spectrograms', { a: flat([1]) }), /not values of shape \[1, 1, 28, 28\]/);
  });
});
