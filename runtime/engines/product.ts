/**
 * Products of rows with rows, for metrics that compare all pairs. In: two tables of float32; out: the product of each row of one
 * with each row of the other, by onnxruntime, which takes a tenth of the time of loops and less; by loops where it does
 * not load. A product is wrong by at most `productError` times the lengths of both rows.
 */
import { EngineError } from './engine.ts';
import { loadOnnxruntime, sessionOptions } from './onnxruntime.ts';
import { productModel } from './product-model.ts';

/** Rows one after another, `width` numbers each. */
export interface Rows {
  readonly data: Float32Array;
  readonly width: number;
}

/** [A, B]: a · bᵀ, in memory that the next call may write to. */
export type Product = (a: Rows, b: Rows) => Promise<Float32Array>;

/**
 * By how much a product of vectors may be wrong, of |a|·|b|, in whichever order it is summed; rows that were rounded to
 * float32 first included (Higham 2002, section 3.1). For numbers next to 0 see `least`.
 */
export const productError = (width: number): number => 1.01 * (width + 4) * 2 ** -24;

/** By how much it may be wrong besides, of 1 + |a| + |b|: numbers so small that they become 0. */
export const least = (width: number): number => (width + 4) * 2 ** -125;

/** Waits for nothing: what metrics compute by where nobody gave them an engine's. */
export const productByLoops: Product = (a, b) => {
  const [rows, columns, width] = [a.data.length / a.width, b.data.length / b.width, a.width];
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) sum += a.data[p] * b.data[q];
      out[i * columns + j] = sum;
    }
  return Promise.resolve(out);
};

/** By so many threads. Loads onnxruntime at the first product. */
export function productOn(threads: number): Product {
  let opened: Promise<Product> | undefined;
  return async (a, b) => {
    opened ??= openProduct(threads).catch((error: unknown) => {
      if (error instanceof EngineError) return productByLoops;
      throw error;
    });
    return (await opened)(a, b);
  };
}

async function openProduct(threads: number): Promise<Product> {
  const { InferenceSession, Tensor } = await loadOnnxruntime();
  const session = await InferenceSession.create(productModel(), sessionOptions(threads));
  let room = new Float32Array(0);
  return async (a, b) => {
    const [rows, columns] = [a.data.length / a.width, b.data.length / b.width];
    if (room.length < rows * columns) room = new Float32Array(rows * columns);
    const out = room.subarray(0, rows * columns);
    const tensor = (data: Float32Array, height: number, width: number) =>
      new Tensor('float32', data, [height, width]);
    const fed = { a: tensor(a.data, rows, a.width), b: tensor(b.data, columns, b.width) };
    await session.run(fed, { product: tensor(out, rows, columns) });
    return out;
  };
}
