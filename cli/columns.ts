/** A table as plain text: columns under their heads. In: cells; out: lines that end with a line break. */

/** `left`: columns of words; numbers stand to the right. */
export function columns(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) => line.map((cell, i) => pad(cell, widths[i], left.includes(i))).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const pad = (cell: string, width: number, left: boolean): string =>
  left ? cell.padEnd(width) : cell.padStart(width);
