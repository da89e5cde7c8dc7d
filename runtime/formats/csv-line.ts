/** A line of a table with commas, without its end (RFC 4180). In: cells; out: text, quoted where a reader would miscount. */
export const csvLine = (cells: readonly string[]): string => cells.map(quoted).join(',');

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
