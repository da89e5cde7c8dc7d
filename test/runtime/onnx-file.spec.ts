/** ONNX files as they are read: every type of numbers, and what a stranger's file may hold. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, describe, it } from 'mocha';
import {
  bytesField,
  concatBytes,
  intField,
  messageField,
  stringField,
  type Bytes,
} from '../../program/protobuf.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { readOnnx } from '../../runtime/formats/onnx.ts';
import { storedNetwork } from '../../runtime/run/stored-network.ts';

const fixture = new Uint8Array(readFileSync(new URL('../cases/networks/digits.onnx', import.meta.url)));

const raw = (numbers: { readonly buffer: ArrayBufferLike }): Bytes =>
  bytesField(9, new Uint8Array(numbers.buffer));
const tensor = (name: string, dims: readonly number[], type: number, ...parts: Bytes[]): Bytes[] => [
  ...dims.map((dim) => intField(1, dim)),
  intField(2, type),
  stringField(8, name),
  ...parts,
];
const node = (op: string, inputs: readonly string[], outputs: readonly string[]): Bytes =>
  messageField(1, [
    ...inputs.map((one) => stringField(1, one)),
    ...outputs.map((one) => stringField(2, one)),
    stringField(4, op),
  ]);
const input = messageField(11, [
  stringField(1, 'x'),
  messageField(2, [
    messageField(1, [
      intField(1, 1),
      messageField(2, [messageField(1, [stringField(2, 'n')]), messageField(1, [intField(1, 3)])]),
    ]),
  ]),
]);
const output = messageField(12, [stringField(1, 'y')]);

/** A model of these parts of a graph; by default it adds a constant `c`. */
const model = (parts: readonly Bytes[], opset = 17): Uint8Array =>
  concatBytes([
    intField(1, 8),
    messageField(7, [...parts, input, output]),
    messageField(8, [intField(2, opset)]),
  ]);
const adding = (...constant: Bytes[]): Uint8Array =>
  model([messageField(5, constant), node('Add', ['x', 'c'], ['y'])]);

const refusal = (bytes: Uint8Array): string => {
  try {
    readOnnx(bytes, 'net.onnx');
  } catch (error) {
    assert(error instanceof FileError, String(error));
    return error.message;
  }
  return assert.fail('it is read');
};

describe('ONNX files', () => {
  it('hold numbers of every type, raw or as fields', () => {
    const values = (bytes: Uint8Array): number[] => {
      const { graph, tensors } = readOnnx(bytes, 'net.onnx');
      const { values: small, whole } = graph.constants.c;
      const large = tensors.get('c');
      assert.equal(large === undefined, whole);
      assert.deepEqual([...(large?.data ?? small!)], [...small!]);
      return [...small!];
    };
    const three = (type: number, ...parts: Bytes[]): number[] =>
      values(adding(...tensor('c', [3], type, ...parts)));
    assert.deepEqual(three(1, raw(Float32Array.of(0.5, -2, 3))), [0.5, -2, 3]);
    assert.deepEqual(three(11, raw(Float64Array.of(0.5, -2, 3))), [0.5, -2, 3]);
    assert.deepEqual(three(10, raw(Uint16Array.of(0x3800, 0xc000, 0x4200))), [0.5, -2, 3]);
    assert.deepEqual(three(16, raw(Uint16Array.of(0x3f00, 0xc000, 0x4040))), [0.5, -2, 3]);
    assert.deepEqual(three(7, raw(BigInt64Array.of(1n, -2n, 3n))), [1, -2, 3]);
    assert.deepEqual(three(6, raw(Int32Array.of(1, -2, 3))), [1, -2, 3]);
    assert.deepEqual(three(2, raw(Uint8Array.of(1, 2, 255))), [1, 2, 255]);
    assert.deepEqual(three(3, raw(Int8Array.of(1, -2, 3))), [1, -2, 3]);
    assert.deepEqual(
      three(1, bytesField(4, new Uint8Array(Float32Array.of(0.5, -2, 3).buffer))),
      [0.5, -2, 3],
    );
    assert.deepEqual(three(7, ...[1, -2, 3].map((one) => intField(7, one))), [1, -2, 3]);
    assert.deepEqual(three(7, bytesField(7, Uint8Array.of(1, 2, 3))), [1, 2, 3]);
    assert.deepEqual(three(10, ...[0x3800, 0xc000, 0x4200].map((one) => intField(5, one))), [0.5, -2, 3]);
  });

  it('that are cut, at any byte, are refused in a sentence', () => {
    for (let length = 0; length < fixture.length; length += 13)
      assert.match(refusal(fixture.subarray(0, length)), /^net\.onnx(, (tensor|node)[^:]*)?: ./);
  });

  it('with a byte that is wrong are refused in a sentence, or are another network', () => {
    for (let at = 0; at < fixture.length; at += 7) {
      const bytes = fixture.slice();
      bytes[at] ^= 0xff;
      try {
        readOnnx(bytes, 'net.onnx');
      } catch (error) {
        assert(error instanceof FileError, `byte ${at}: ${String(error)}`);
      }
    }
  });

  it('are taken at no word of their own', () => {
    const few = raw(Float32Array.of(1, 2, 3));
    assert.match(
      refusal(adding(...tensor('c', [2 ** 40, 2 ** 40], 1, few))),
      /tensor `c`: float \[.*\] takes .* bytes, and 12 are there/,
    );
    assert.match(refusal(adding(...tensor('c', [-1], 1, few))), /\[-1\] is no shape/);
    assert.match(refusal(adding(...tensor('c', [4], 1))), /\[4\] are 4 numbers, and 0 are there/);
    assert.match(refusal(adding(...tensor('c', [3], 8, few))), /it holds type 8/);
    assert.match(
      refusal(adding(...tensor('c', [3], 1, raw(Float32Array.of(1, NaN, 3))))),
      /number 1 of it is NaN, which is not finite/,
    );
    assert.match(
      refusal(adding(...tensor('c', [3], 1, intField(14, 1)))),
      /lie in another file; .*save_as_external_data=False/,
    );
    assert.match(
      refusal(adding(...tensor('c', [70_000], 2, raw(new Uint8Array(70_000))))),
      /70000 whole numbers are too many/,
    );
    assert.match(
      refusal(concatBytes([bytesField(7, Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f))])),
      /no ONNX file|of version 0/,
    );
    assert.match(refusal(new TextEncoder().encode('a text, and no network at all')), /it is no ONNX file/);
    assert.match(refusal(model([node('Relu', ['x'], ['y'])], 5)), /version 5, and 7 is the oldest/);
  });

  it('have graphs in an order of computing, without circles', () => {
    const circle = model([
      node('Add', ['x', 'b'], ['a']),
      node('Relu', ['a'], ['b']),
      node('Relu', ['b'], ['y']),
    ]);
    assert.match(refusal(circle), /node 1, `Add`: it reads `b`, which nothing before it gives/);
    assert.match(
      refusal(model([node('Relu', ['x'], ['x'])])),
      /node 1, `Relu`: it gives `x`, which is there already/,
    );
    assert.match(refusal(model([node('Relu', ['x'], [])])), /node 1, `Relu`: it gives nothing/);
  });

  const folder = mkdtempSync(join(tmpdir(), 'ganc-onnx-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('lie where a spec may read', () => {
    mkdirSync(join(folder, 'spec'));
    writeFileSync(join(folder, 'net.onnx'), fixture);
    writeFileSync(join(folder, 'spec', 'net.onnx'), fixture);
    symlinkSync(join(folder, 'net.onnx'), join(folder, 'spec', 'link.onnx'));
    const found = storedNetwork('net.onnx', join(folder, 'spec'))!;
    assert.deepEqual(found.graph.inputs[0].shape, ['rows', 1, 8, 8]);
    assert.isNull(storedNetwork('none.onnx', join(folder, 'spec')));
    for (const path of ['../net.onnx', 'link.onnx'])
      assert.throws(() => storedNetwork(path, join(folder, 'spec')), FileError, '--allow');
    assert.throws(() => storedNetwork('.', join(folder, 'spec')), FileError, 'it is no file');
  });
});
