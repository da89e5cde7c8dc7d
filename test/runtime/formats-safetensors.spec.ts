import { assert } from 'chai';
import fc from 'fast-check';
import { FileError } from '../../runtime/formats/file-error.ts';
import { readSafetensors, writeSafetensors } from '../../runtime/formats/safetensors.ts';
import type { NamedTensor } from '../../runtime/formats/safetensors.ts';

const tensor = fc
  .tuple(
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.constantFrom('F32', 'F64', 'I32', 'U8'),
    fc.array(fc.integer(), { minLength: 64, maxLength: 64 }),
  )
  .map(([shape, kind, values]): NamedTensor => {
    const numbers = values.slice(
      0,
      shape.reduce((a, b) => a * b, 1),
    );
    if (kind === 'F32') return { shape, data: Float32Array.from(numbers, (x) => x / 3) };
    if (kind === 'F64') return { shape, data: Float64Array.from(numbers, (x) => x / 3) };
    return { shape, data: kind === 'I32' ? Int32Array.from(numbers) : Uint8Array.from(numbers) };
  });

/** A file whose header is `header`, followed by `size` bytes. */
function file(header: unknown, size: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe('safetensors', () => {
  it('reads a Buffer, which shares its memory with others, as it reads any bytes', () => {
    const bytes = writeSafetensors([['a', { shape: [2], data: Float32Array.of(1, 2) }]]);
    const shifted = Buffer.concat([Buffer.alloc(8, 7), bytes]).subarray(8);
    const { tensors } = readSafetensors(shifted, 'x.safetensors');
    assert.deepEqual([...tensors.get('a')!.data], [1, 2]);
  });

  it('gives back what was written: names, shapes, types, bits, metadata', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__'),
          tensor,
        ),
        fc.dictionary(fc.string(), fc.string()),
        (tensors, metadata) => {
          const bytes = writeSafetensors(Object.entries(tensors), metadata);
          const back = readSafetensors(bytes, 'x');
          assert.deepEqual({ ...back.metadata }, { ...metadata });
          assert.equal(back.tensors.size, Object.keys(tensors).length);
          for (const [name, { shape, data }] of Object.entries(tensors)) {
            assert.deepEqual(back.tensors.get(name)?.shape, shape);
            assert.deepEqual(back.tensors.get(name)?.data, data);
          }
        },
      ),
    );
  });

  it('writes the layout of the format', () => {
    const bytes = writeSafetensors([['a', { shape: [2], data: Float32Array.of(1, 2) }]], { k: 'v' });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.equal(length % 8, 0);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
      __metadata__: { k: 'v' },
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    });
    assert.deepEqual([...bytes.subarray(8 + length)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
  });

  it('refuses a file cut anywhere, or longer', () => {
    const bytes = writeSafetensors([
      ['a', { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }],
      ['b', { shape: [3], data: Uint8Array.of(1, 2, 3) }],
    ]);
    for (let cut = 0; cut < bytes.length; cut++) {
      assert.throws(
        () => readSafetensors(bytes.subarray(0, cut), 'w.safetensors'),
        FileError,
        /w\.safetensors/,
      );
    }
    assert.throws(() => readSafetensors(new Uint8Array([...bytes, 0]), 'w'), /the file ends here/);
  });

  it('says what is wrong with a hostile header', () => {
    const a = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    const cases: [unknown, number, RegExp][] = [
      ['[1]', 0, /not a JSON object/],
      ['{"a"', 0, /not JSON/],
      [{ a: 3 }, 0, /header of tensor a: not an object/],
      [{ a: { ...a, dtype: 'BF16' } }, 8, /"BF16" is not one of F64, F32, I32, U8/],
      [{ a: { ...a, dtype: 'toString' } }, 8, /is not one of/],
      [{ a: { ...a, shape: [-2] } }, 8, /not a list of sizes/],
      [{ a: { ...a, shape: [2 ** 30, 2 ** 30] } }, 8, /takes/],
      [{ a: { ...a, shape: [3] } }, 8, /8 bytes given, F32 \[3\] takes 12/],
      [{ a: { ...a, data_offsets: [8, 0] } }, 8, /bad data_offsets/],
      [{ a, b: a }, 8, /without holes or overlaps/],
      [{ a: { ...a, data_offsets: [8, 16] } }, 16, /without holes/],
      [{ a: { ...a, data_offsets: [0, 8] } }, 4, /the file ends here/],
      [{ __metadata__: { n: 1 } }, 0, /must hold strings/],
    ];
    for (const [header, size, message] of cases) {
      assert.throws(() => readSafetensors(file(header, size), 'w'), FileError, message);
    }
  });

  it('refuses to write a shape that its data contradicts, or a name twice', () => {
    const data = Float32Array.of(1, 2);
    assert.throws(() => writeSafetensors([['a', { shape: [3], data }]]), /does not hold 2/);
    assert.throws(
      () =>
        writeSafetensors([
          ['a', { shape: [2], data }],
          ['a', { shape: [2], data }],
        ]),
      /two tensors/,
    );
  });
});
