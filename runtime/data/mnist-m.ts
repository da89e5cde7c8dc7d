/**
 * `mnist_m(split: train)`: MNIST digits blended with colour textures, |digit - texture| in each channel, as MNIST-M
 * does (Ganin et al. 2016, "Domain-adversarial training of neural networks", JMLR 17(59), section 5.2.4). MNIST-M
 * takes its textures from the photographs of BSDS500, which we may not ship; ours are made from the seed, so scores
 * may be compared with those of MNIST-M in kind only. Arguments → records { image: image[3,28,28], label }.
 */
import type { FieldType } from '../../program/catalogue.ts';
import { draws } from '../random.ts';
import { described, hashOf } from './files.ts';
import { checkDigits, describeDigits, heldDigits, mnistDigits, mnistFields, mnistParams } from './mnist.ts';
import { rowCount } from './source.ts';
import type { SyncSource } from './source.ts';
import { tableSource } from './table.ts';

const fields: Readonly<Record<string, FieldType>> = {
  image: { kind: 'image', shape: [3, 28, 28], range: [0, 1] },
  label: mnistFields.label,
};

/** Changes with the textures: a run is not resumed on others. */
const version = 'textures 1';
const side = 28;
const plane = side * side;
/** Uniforms a texture takes: 16 choices and two lattices of at most 13 × 13. */
const perTexture = 16 + 2 * 169;

/**
 * One texture from its uniforms: three colours mixed by two fields of smooth noise, a coarse one that is sharpened
 * into patches with edges and a fine one of grain. Sums and products only, so that another
 * language gets the same bytes.
 */
function texture(random: Float64Array, out: Float64Array): void {
  const coarse = noise(random, 16, 1 + Math.floor(random[0] * 5));
  const fine = noise(random, 16 + 169, 5 + Math.floor(random[1] * 8));
  const sharpness = 1 + 6 * random[2] * random[2];
  const grain = 0.1 + 0.5 * random[3];
  const light = random[13];
  const saturation = 0.15 + 0.6 * random[14];
  const [dark, bright] = [muted(random, 4, saturation), muted(random, 7, saturation)];
  for (let i = 0; i < plane; i++) {
    const patch = clamp((coarse[i] - 0.5) * sharpness + 0.5);
    const speck = grain * (fine[i] - 0.5);
    for (let c = 0; c < 3; c++) {
      const tint = random[10 + c] - 0.5;
      out[c * plane + i] = clamp(
        dark[c] + (bright[c] - dark[c]) * patch + speck * (light + (1 - light) * 2 * tint),
      );
    }
  }
}

/** A colour between its own gray and itself: photographs are seldom gaudy. */
function muted(random: Float64Array, from: number, saturation: number): number[] {
  const gray = (random[from] + random[from + 1] + random[from + 2]) / 3;
  return [0, 1, 2].map((c) => gray + saturation * (random[from + c] - gray));
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}

/** Smooth noise in [0, 1]: a lattice of cells × cells, whose corners' values are blended by 3t² - 2t³. */
function noise(random: Float64Array, from: number, cells: number): Float64Array {
  const out = new Float64Array(plane);
  const corner = (x: number, y: number): number => random[from + y * (cells + 1) + x];
  for (let y = 0; y < side; y++) {
    const [row, v] = cell((y * cells) / side);
    for (let x = 0; x < side; x++) {
      const [column, u] = cell((x * cells) / side);
      const top = corner(column, row) * (1 - u) + corner(column + 1, row) * u;
      const below = corner(column, row + 1) * (1 - u) + corner(column + 1, row + 1) * u;
      out[y * side + x] = top * (1 - v) + below * v;
    }
  }
  return out;
}

function cell(at: number): [number, number] {
  const first = Math.floor(at);
  const t = at - first;
  return [first, t * t * (3 - 2 * t)];
}

/** Blends digit number `row` of a file with its own texture: 3 × 28 × 28 bytes. */
function blend(digit: Uint8Array, row: number, file: string, out: Uint8Array): void {
  const random = new Float64Array(perTexture);
  draws({ seed: 0, key: `mnist_m:${file}`, iteration: 0, scope: 0 }, 'uniform', 1, perTexture, random, {
    rowOf: () => row,
  });
  const made = new Float64Array(3 * plane);
  texture(random, made);
  for (let i = 0; i < out.length; i++) out[i] = Math.round(Math.abs(digit[i % plane] - 255 * made[i]));
}

export const mnistM: SyncSource = {
  signature: {
    name: 'mnist_m',
    doc: 'MNIST-M-style: digits blended with made-up colour textures, { image: image[3,28,28] in [0,1], label: label[10] }.',
    params: mnistParams,
    fields(args) {
      checkDigits(args);
      return fields;
    },
    held: (args, count) => ({ shared: heldDigits(args), own: count * (3 * plane + 1) }),
  },
  describe(args, folder) {
    const digits = describeDigits(args, folder);
    return digits && described(digits.count, { hash: () => hashOf(version, digits.hash) });
  },
  open(args, folder) {
    const { images, labels, rows } = mnistDigits(args, folder);
    const data = new Uint8Array(rows.length * 3 * plane);
    const label = Uint8Array.from(rows, (row) => labels[row]);
    const file = args.split === 'test' ? 'test' : 'train';
    const table = tableSource(fields, { image: { data, divisor: 255 }, label: { data: label } });
    // Blending all takes seconds: a row is made when it is first read.
    const made = new Uint8Array(rows.length);
    const make = (at: number): void => {
      if (made[at] !== 0) return;
      const row = rows[at];
      blend(
        images.subarray(row * plane, (row + 1) * plane),
        row,
        file,
        data.subarray(at * 3 * plane, (at + 1) * 3 * plane),
      );
      made[at] = 1;
    };
    return {
      ...table,
      read(field, wanted, out) {
        if (field === 'image') {
          const n = rowCount(wanted);
          for (let i = 0; i < n; i++) make(wanted instanceof Uint32Array ? wanted[i] : wanted.from + i);
        }
        table.read(field, wanted, out);
      },
    };
  },
};
