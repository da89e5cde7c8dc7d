/**
 * The UCI handwritten digits (Alpaydin & Kaynak 1998), 1,797 of them as scikit-learn ships them: a line a digit, 64
 * numbers from 0 to 16 and the class. In: that text; out: two IDX files, images of 8 × 8 bytes (16 is 255) and labels.
 */

const side = 8;
const most = 16;

/** IDX: two zeros, 8 for unsigned bytes, how many axes; each axis in four bytes; the numbers. */
function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([head, data]);
}

/** Throws Error with the line's number where a line is not 64 numbers from 0 to 16 and a digit. */
export function uciDigits(csv: string): { images: Uint8Array; labels: Uint8Array } {
  const lines = csv.split('\n').filter((line) => line.trim() !== '');
  const images = new Uint8Array(lines.length * side * side);
  const labels = new Uint8Array(lines.length);
  lines.forEach((line, row) => {
    const numbers = line.split(',').map(Number);
    const label = numbers.pop() ?? NaN;
    const fits =
      numbers.every((x) => x >= 0 && x <= most) && Number.isInteger(label) && label >= 0 && label < 10;
    if (numbers.length !== side * side || !fits)
      throw new Error(`line ${row + 1} is not 64 numbers from 0 to 16 and a digit`);
    numbers.forEach((x, at) => (images[row * side * side + at] = Math.round((255 * x) / most)));
    labels[row] = label;
  });
  return { images: idx([lines.length, side, side], images), labels: idx([lines.length], labels) };
}
