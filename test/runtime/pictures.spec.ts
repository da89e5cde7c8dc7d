import { assert } from 'chai';
import type { MetricSignature, PictureSignature, SourceSignature } from '../../program/catalogue.ts';
import { catalogue, pictures } from '../../runtime/catalogue.ts';
import { pixelsOf } from './pixels.ts';
import type { Raster } from '../../runtime/formats/png.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { principalPlane } from '../../runtime/reports/pictures/embedding.ts';
import { glyphHeight, glyphRows } from '../../runtime/reports/pictures/font.ts';
import { toByte } from '../../runtime/reports/pictures/sheet.ts';

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

const draw = (name: string, values: Record<string, Values>, options = {}): Raster =>
  pixelsOf(pictures[name].draw(values, options).png);

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
    const sheet = pixelsOf(pictures.traverse.draw(values, options, varied).png);
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

  it('have an alphabet of whole glyphs, no two alike but O and nothing', () => {
    const characters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-+=%/()[]<>*_#'?");
    const drawn = characters.map((character) => glyphRows(character));
    for (const rows of drawn) {
      assert.equal(rows.length, glyphHeight);
      assert.isTrue(rows.every((row) => row >= 0 && row < 32));
    }
    assert.equal(new Set(drawn.map(String)).size, characters.length);
    assert.deepEqual(glyphRows('a'), glyphRows('A'));
    assert.deepEqual(glyphRows(' '), []);
  });
});

describe('the catalogue', () => {
  it('has what the language names, each documented under its own name', () => {
    assert.containsAllKeys(catalogue.sources, [
      'mnist',
      'mnist_m',
      'idx',
      'images',
      'npz',
      'csv',
      'gaussians',
    ]);
    assert.containsAllKeys(catalogue.metrics, [
      'mean',
      'accuracy',
      'matched_accuracy',
      'knn_accuracy',
      'frechet',
      'probe',
    ]);
    assert.containsAllKeys(catalogue.pictures, ['grid', 'rows', 'traverse', 'embedding']);
    const { sources, metrics, pictures: drawn } = catalogue;
    for (const table of [sources, metrics, drawn]) {
      for (const [name, signature] of Object.entries<SourceSignature | MetricSignature | PictureSignature>(
        table,
      )) {
        assert.equal(signature.name, name);
        assert.match(signature.doc, /\.$/);
        const names = signature.params.map((param) => param.name);
        assert.equal(new Set(names).size, names.length, name);
        assert.isTrue(
          signature.params.every(({ doc }) => doc.length > 3),
          name,
        );
      }
    }
  });
});
