/**
 * Rows that are stretches of recordings, as a program reads them by itself (ganc_torch/data.py): minibatches of several passes, and
 * rows in order with lengths of their own, to the bit those that every target is given.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { before, describe, it } from 'mocha';
import type { FieldType, SourceArguments } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { openStream, sources } from '../../runtime/catalogue.ts';
import { mappedData, UnmappedError } from '../../runtime/data/mapped.ts';
import { memoryVariable } from '../../runtime/data/pack.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { streams } from '../../runtime/data/streams.ts';
import { readSafetensors, type TensorFile } from '../../runtime/formats/safetensors.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { root } from '../parity/host.ts';
import { python, scratch, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

interface Case {
  readonly source: 'voices' | 'speech';
  readonly args: SourceArguments;
  readonly float?: 'float32' | 'float64';
  /** Fields whose range is another one than the source's. */
  readonly within?: readonly [number, number];
}

const [seed, batch] = [11, 7];
const small = { features: 'log_mel(8)', split: 'test' };
const files = { files: 'set/<speaker>/*.wav', speakers: 3, features: 'log_mel(8)' };

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
  'files, whole': { source: 'speech', args: { ...files, frames: 'all' }, float: 'float64' },
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

interface Opened {
  readonly manifest: Manifest;
  readonly rows: OpenSource;
}

async function open({ source, args, float = 'float32', within }: Case, folder: string): Promise<Opened> {
  const types = Object.entries(sources[source].signature.fields(args));
  const fields = Object.fromEntries(
    types.map(([name, type]): [string, FieldType] => [
      name,
      within !== undefined && type.range !== undefined ? { ...type, range: within } : type,
    ]),
  );
  const rows = await openStream({ name: 'd', source, args, fields }, folder);
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
        [0, 20],
        [rows.count - 5, rows.count],
      ] as [number, number][]);
  return { trained, reported: names, ranges };
}

const tensorsIn = (path: string): TensorFile['tensors'] => readSafetensors(readFileSync(path), path).tensors;

describe('rows of recordings in Python', () => {
  const opened = new Map<string, Opened>();
  let folder: string;
  before(async () => {
    folder = scratch();
    record(folder);
    for (const [name, one] of Object.entries(cases)) opened.set(name, await open(one, folder));
  });

  itOnTorch('are those of every target', async () => {
    writeRuntime(folder);
    const told = [...opened].map(([name, one], i) => {
      const place = join(folder, String(i));
      const all = {
        ...mappedData(one.manifest, { d: one.rows }),
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

  it('are refused where they do not fit in memory', () => {
    const { manifest, rows } = opened.get('segments')!;
    process.env[memoryVariable] = '0.1';
    try {
      assert.throws(() => mappedData(manifest, { d: rows }), UnmappedError, /larger than memory may be/);
    } finally {
      delete process.env[memoryVariable];
    }
  });
});
