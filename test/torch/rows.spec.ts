/**
 * Rows that no file holds as they are, as a program reads them by itself (ganc_torch/data.py): stretches of recordings, and pictures
 * that move. Minibatches of several passes, and rows in order with lengths of their own, are to the bit those that every target
 * is given.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { before, describe, it } from 'mocha';
import type { FieldType, SourceArguments } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { openStream, sources } from '../../runtime/catalogue.ts';
import { mappedData } from '../../runtime/data/mapped.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { streams } from '../../runtime/data/streams.ts';
import { readSafetensors, type TensorFile } from '../../runtime/formats/safetensors.ts';
import { writePng } from '../../runtime/formats/png.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { within } from '../cli/other-cache.ts';
import { root } from '../parity/host.ts';
import { python, scratch, wholeFiles, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

interface Case {
  readonly source: 'voices' | 'speech' | 'images' | 'pairs';
  readonly args: SourceArguments;
  readonly float?: 'float32' | 'float64';
  /** Fields whose range is another one than the source's. */
  readonly within?: readonly [number, number];
  /** What pictures are to be after they moved. */
  readonly as?: Pick<FieldType, 'kind' | 'shape'>;
  /** Nothing may be held in memory: what is read lies in a pack. */
  readonly packed?: true;
}

const [seed, batch] = [11, 7];
const small = { features: 'log_mel(8)', split: 'test' };
const files = { files: 'set/<speaker>/*.wav', speakers: 3, features: 'log_mel(8)' };

const colours = { brightness: 0.4, contrast: 0.3, saturation: 1.5 };
const pictures = { files: 'drawn/<label>/*_a.png', labels: 2, size: [6, 5] };

const cases: Readonly<Record<string, Case>> = {
  segments: { source: 'voices', args: { ...small, frames: 9, step: 32 } },
  'segments by several tracts': {
    source: 'voices',
    args: { ...small, frames: 9, step: 64, tracts: [1, 0.9, 1.1] },
    float: 'float64',
  },
  'segments from one speaker to another': {
    source: 'voices',
    args: { ...small, frames: 16, step: 16, from: 3, to: 1 },
    within: [-1, 1],
  },
  'segments with their samples': { source: 'voices', args: { ...small, frames: 4, step: 128, wave: true } },
  sentences: { source: 'voices', args: { ...small, frames: 'all', speakers: 'unseen' }, within: [-1, 1] },
  'segments of files': { source: 'speech', args: { ...files, frames: 10, step: 5 } },
  'segments of words': {
    source: 'speech',
    args: { ...files, files: 'set/<speaker>/<word>.wav', words: 5, frames: 10, step: 5 },
  },
  'segments of files that do not fit in memory': {
    source: 'speech',
    args: { ...files, frames: 10, step: 3, wave: true },
    packed: true,
  },
  'pictures that move and do not fit in memory': {
    source: 'images',
    args: { ...pictures, channels: 3, mirror: true, jitter: 2 },
    packed: true,
  },
  'files, whole': { source: 'speech', args: { ...files, frames: 'all' }, float: 'float64' },
  'pictures that move': {
    source: 'images',
    args: { ...pictures, channels: 3, mirror: true, jitter: 3, ...colours },
    within: [-1, 1],
  },
  'gray pictures, other colours': {
    source: 'images',
    args: { ...pictures, channels: 1, ...colours },
    float: 'float64',
  },
  'pictures that move, smaller and gray': {
    source: 'images',
    args: { ...pictures, channels: 3, mirror: true, jitter: 2, ...colours },
    within: [-1, 1],
    as: { kind: 'image', shape: [1, 4, 3] },
  },
  'gray pictures that move, larger and in colour': {
    source: 'images',
    args: { ...pictures, channels: 1, mirror: true, jitter: 1 },
    as: { kind: 'image', shape: [3, 7, 11] },
  },
  'pictures that move, one of whose sides stays': {
    source: 'images',
    args: { ...pictures, channels: 3, jitter: 2 },
    float: 'float64',
    as: { kind: 'image', shape: [3, 4, 5] },
  },
  'pictures that move, as a vec': {
    source: 'images',
    args: { ...pictures, channels: 3, jitter: 2 },
    as: { kind: 'vec', shape: [90] },
  },
  'pictures that are mirrored': { source: 'images', args: { ...pictures, channels: 3, mirror: true } },
  'pictures and masks': {
    source: 'pairs',
    args: { ...pictures, others: 'drawn/<label>/*_b.png', masks: 3, mirror: true, jitter: 2, contrast: 0.5 },
    within: [-1, 1],
  },
  'files of nobody': {
    source: 'speech',
    args: { files: 'set/*/*.wav', features: 'log_mel(8)', frames: 'all' },
  },
};

/** Three speakers with three to five recordings, one of which is too short for a segment. */
function record(folder: string): void {
  [3, 4, 5].forEach((many, speaker) => {
    for (let i = 0; i < many; i++) {
      const path = join(folder, 'set', `speaker${speaker}`, `${i}.wav`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, writeWav(tone(300 + 200 * speaker + 40 * i, 0.3 + 0.07 * i), 16000));
    }
  });
}

/** Nineteen pictures of two classes, and beside each another whose gray says the class of a pixel. */
function draw(folder: string): void {
  for (let i = 0; i < 19; i++) {
    const [width, height] = [9, 12];
    const put = (name: string, of: (pixel: number, colour: number) => number): void => {
      const data = Uint8Array.from({ length: 3 * width * height }, (_, at) => of(Math.floor(at / 3), at % 3));
      const path = join(folder, 'drawn', i % 3 === 0 ? 'x' : 'y', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, writePng({ width, height, data }));
    };
    put(`${i}_a.png`, (pixel, colour) => (31 * i + 7 * pixel * (colour + 1) + ((pixel * pixel) % 50)) % 256);
    put(`${i}_b.png`, (pixel) => (pixel + i) % 3);
  }
}

interface Opened {
  readonly manifest: Manifest;
  readonly rows: OpenSource;
}

/** What a field is to be. */
const wanted = (type: FieldType, { within, as }: Case): FieldType => ({
  ...type,
  ...(type.kind === 'image' && as),
  ...(within !== undefined && type.range !== undefined && { range: within }),
});

async function open(one: Case, folder: string): Promise<Opened> {
  const { source, args, float = 'float32' } = one;
  const types = Object.entries(sources[source].signature.fields(args));
  const fields = Object.fromEntries(types.map(([name, type]) => [name, wanted(type, one)]));
  const opened = (): Promise<OpenSource> => openStream({ name: 'd', source, args, fields }, folder);
  const rows = await (one.packed ? within(join(folder, 'cache'), 0.000001, opened) : opened());
  const inputs = Object.keys(fields).map((field) => ({ from: { kind: 'field', stream: 'd', field } }));
  const manifest = { float, streams: [{ name: 'd', batch }], graphs: { all: { inputs } } };
  return { manifest: manifest as unknown as Manifest, rows };
}

/** Minibatches of the first passes, and where one ends. */
function ordinalsOf({ count }: OpenSource): number[] {
  const pass = Math.floor(count / batch);
  return [0, pass - 1, pass, pass + 1, 2 * pass, 5 * pass + 2];
}

const openEnded = ({ shape }: FieldType): boolean => shape.some((size) => typeof size === 'string');

/** What Python is to read: rows of one length at once, others one by one. */
function asked({ rows }: Opened): { trained: string[]; reported: string[]; ranges: [number, number][] } {
  const names = Object.keys(rows.fields);
  const trained = names.filter((name) => !openEnded(rows.fields[name]));
  const own = trained.length < names.length;
  const ranges = own
    ? Array.from({ length: Math.min(12, rows.count) }, (_, row): [number, number] => [row, row + 1])
    : ([
        [0, Math.min(20, rows.count)],
        [rows.count - 5, rows.count],
      ] as [number, number][]);
  return { trained, reported: names, ranges };
}

const tensorsIn = (path: string): TensorFile['tensors'] => readSafetensors(readFileSync(path), path).tensors;

describe('rows in Python', () => {
  const opened = new Map<string, Opened>();
  let folder: string;
  before(async () => {
    folder = scratch();
    record(folder);
    draw(folder);
    for (const [name, one] of Object.entries(cases)) opened.set(name, await open(one, folder));
    assert.isNotEmpty(readdirSync(join(folder, 'cache/packs')), 'something lies in a pack');
  });

  itOnTorch('are those of every target', async () => {
    writeRuntime(folder);
    const told = [...opened].map(([name, one], i) => {
      const place = join(folder, String(i));
      const all = {
        ...wholeFiles(mappedData(one.manifest, { d: one.rows })),
        'manifest.json': JSON.stringify(one.manifest),
      };
      for (const [path, content] of Object.entries(all)) {
        mkdirSync(dirname(join(place, path)), { recursive: true });
        writeFileSync(join(place, path), content);
      }
      return { name, folder: String(i), seed, ordinals: ordinalsOf(one.rows), ...asked(one) };
    });
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(told));
    const script = join(root, 'test/torch/rows.py');
    const { code, err } = await python(1, [script, folder]);
    assert.equal(code, 0, err);
    for (const { name, folder: place, ordinals, trained, reported, ranges } of told) {
      const { manifest, rows } = opened.get(name)!;
      const found = tensorsIn(join(folder, place, 'found.safetensors'));
      const wanted = streams(manifest, { d: rows }, seed);
      const same = (
        key: string,
        { shape, data }: { shape: readonly number[]; data: ArrayLike<number> },
      ): void => {
        assert.deepEqual(found.get(key)!.shape, shape, `${name}: ${key}`);
        assert.deepEqual([...found.get(key)!.data], Array.from(data), `${name}: ${key}`);
      };
      for (const field of trained)
        for (const ordinal of ordinals) same(`d.${field} ${ordinal}`, wanted.batch('d', ordinal, field));
      for (const field of reported)
        for (const [from, to] of ranges)
          same(`d.${field} ${from}..${to}`, wanted.slice('d', from, to, field));
    }
  });

  it('of a source that says not how it changes them in each pass are a mistake', () => {
    const { manifest, rows } = opened.get('pictures that are mirrored')!;
    assert.throws(
      () => mappedData(manifest, { d: { ...rows, moved: undefined } }),
      /what stands in image changes in each pass, and nothing says how/,
    );
  });
});
