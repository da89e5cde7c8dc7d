/** metrics.jsonl as a table for spreadsheets: a row an iteration, a column a loss, objective or metric (RFC 4180). */
import { csvLine } from '../runtime/formats/csv-line.ts';
import { linesIn } from '../runtime/lines.ts';
import { inside } from '../runtime/run/run-directory.ts';
import { at, entriesAt, numberAt, parsed, textAt } from './loose.ts';

/** Rows that are made into a text at once. */
const together = 10_000;

/** In parts: all of it may be longer than a text can be. Throws the system's error where the run has no such file. */
export function* metricsCsv(path: string): Generator<string> {
  const rows = new Map<number, Row>();
  const places = new Map<string, number>();
  for (const { lines } of linesIn(inside(path).metrics)) for (const line of lines) take(rows, places, line);
  const heads = [...places.keys()];
  const iterations = [...rows.keys()].sort((a, b) => a - b);
  yield lineOf(['iteration', ...heads]);
  for (let from = 0; from < iterations.length; from += together) {
    const part = iterations.slice(from, from + together);
    yield part
      .map((iteration) => lineOf([iteration, ...heads.map((_, i) => rows.get(iteration)![i])]))
      .join('');
  }
}

/** Numbers by the place of their column; what an iteration has no number for isn't there. */
type Row = number[];

const lineOf = (cells: readonly (string | number | undefined)[]): string =>
  `${csvLine(cells.map((cell) => String(cell ?? '')))}\r\n`;

function take(rows: Map<number, Row>, places: Map<string, number>, text: string): void {
  const line = parsed(text);
  const iteration = numberAt(line, 'iteration');
  if (iteration === null) return;
  const put = (name: string, value: unknown): void => {
    if (typeof value !== 'number') return;
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    const row = rows.get(iteration) ?? [];
    row[place] = value;
    rows.set(iteration, row);
  };
  const metric = textAt(line, 'metric');
  if (metric !== null) put(`metric ${metric}`, at(line, 'value'));
  for (const [name, value] of entriesAt(line, 'losses')) put(`loss ${name}`, value);
  for (const [name, value] of entriesAt(line, 'objectives')) put(`objective ${name}`, value);
}
