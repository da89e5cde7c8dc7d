import { assert } from 'chai';
import fc from 'fast-check';
import { dataChanges, programChanges, textDiff } from '../../runtime/run/resume.ts';
import { machineDifferences } from '../../runtime/run/machine.ts';
import type { Machine } from '../../runtime/run/machine.ts';
import { tinyManifest } from './tiny.ts';

const files = { 'fit.onnx': Buffer.from('fit'), 'guess.onnx': Buffer.from('guess') };
const manifest = tinyManifest();
const graphs = {
  ...manifest.graphs,
  fit: { ...manifest.graphs.fit, file: 'fit.onnx' },
  guess: { ...manifest.graphs.guess, file: 'guess.onnx' },
};
const then = { manifest: tinyManifest({ graphs }), files };

describe('what changed since a run began', () => {
  const changes = (change: Partial<typeof manifest>, changed: Record<string, Buffer> = {}) =>
    programChanges(then, { manifest: tinyManifest({ graphs, ...change }), files: { ...files, ...changed } });

  it('is nothing for the same program, also read back from JSON', () => {
    const copy = JSON.parse(JSON.stringify(then.manifest)) as typeof manifest;
    assert.deepEqual(programChanges({ manifest: copy, files }, then), { training: [], any: false });
  });

  it('is harmless where only reports or words differ', () => {
    const report = { every: { count: 9, unit: 'steps', of: null }, items: [] } as const;
    assert.deepEqual(changes({ reports: [report] }), { training: [], any: true });
    assert.deepEqual(changes({ spec: { path: 'line.gan', text: 'gan Line // new\n' } }), {
      training: [],
      any: true,
    });
    assert.deepEqual(changes({ spec: { ...manifest.spec, path: 'moved/line.gan' } }), {
      training: [],
      any: false,
    });
    assert.deepEqual(changes({}, { 'guess.onnx': Buffer.from('other') }), { training: [], any: false });
  });

  it('names what would make another run of it', () => {
    assert.deepEqual(changes({}, { 'fit.onnx': Buffer.from('other') }).training, [
      'the computation of update_1 (of L)',
    ]);
    assert.deepEqual(changes({ length: { count: 41, unit: 'steps', of: null } }).training, ['the length']);
    assert.deepEqual(changes({ streams: [{ ...manifest.streams[0], batch: 9 }] }).training, ['data points']);
    assert.deepEqual(changes({ state: manifest.state.slice(0, 3) }).training, ['the weights of C']);
    assert.deepEqual(changes({ schedule: [] }).training, [
      'the schedule',
      'the computation of update_1 (of L)',
      'the computation of update_2 (of C)',
    ]);
  });

  it('names a part of a minibatch by its graph, which applies no update', () => {
    const every = { count: 1, unit: 'steps', of: null } as const;
    const part = { do: 'step', graph: 'guess', updates: [], every, parts: 2 } as const;
    const schedule = [
      ...manifest.schedule,
      { ...manifest.schedule[0], body: { reads: [], actions: [part] } },
    ];
    assert.deepEqual(changes({ schedule }).training, ['the schedule', 'the computation of guess']);
  });

  it('is told of the data', () => {
    const was = { a: { count: 5, hash: 'x' }, b: { count: 6, hash: 'y' }, c: { count: 7, hash: 'z' } };
    assert.deepEqual(dataChanges(was, was), []);
    assert.deepEqual(dataChanges(was, { a: { count: 4, hash: 'x' }, b: { count: 6, hash: 'w' } }), [
      'data a: 5 rows then, 4 now',
      'data b: the content has changed',
      'data c: its files are gone',
    ]);
  });

  it('is told of the machine, where bits may depend on it', () => {
    const machine: Machine = {
      ganc: '1',
      node: '20',
      engine: 'onnx',
      engineVersion: '1.30',
      device: 'cpu',
      threads: 2,
      processor: 'A',
      features: ['avx2'],
    };
    assert.deepEqual(machineDifferences(machine, { ...machine, ganc: '2', node: '22', processor: 'B' }), []);
    assert.deepEqual(machineDifferences(machine, { ...machine, threads: 4, features: ['avx2', 'avx512f'] }), [
      'threads: 2 then, 4 now',
      'processor features: avx2 then, avx2 avx512f now',
    ]);
    const blind = { ...machine, features: [] };
    assert.deepEqual(machineDifferences(blind, { ...blind, processor: 'B' }), ['processor: A then, B now']);
  });
});

describe('a difference of texts', () => {
  it('shows the lines that differ and what is beside them', () => {
    const before = 'gan A\n\nparam n = 1\nparam m = 2\nx\ny\nz\nw\nlast';
    const after = 'gan A\n\nparam n = 2\nparam m = 2\nx\ny\nz\nw\nnew\nlast';
    assert.equal(
      textDiff(before, after),
      '  \n- param n = 1\n+ param n = 2\n  param m = 2\n  ...\n  w\n+ new\n  last',
    );
    assert.equal(textDiff(before, before), '');
  });

  it('holds one text in its - lines and the other in its + lines', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const lines = textDiff(a.join('\n'), b.join('\n')).split('\n');
        const count = (mark: string) => lines.filter((line) => line.startsWith(mark)).length;
        assert.equal(count('-') - count('+'), a.length - b.length);
        for (const line of lines) if (line.startsWith('-')) assert.include(a, line.slice(2));
        assert.equal(lines.join() === '', a.join() === b.join());
      }),
    );
  });
});
