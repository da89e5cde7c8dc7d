/** metrics.jsonl as a table for spreadsheets: a row an iteration, a column a loss, objective or metric (RFC 4180). */
import { readFileSync } from 'node:fs';
import { csvLine } from '../runtime/formats/csv-line.ts';
import { inside } from '../runtime/run/run-directory.ts';
import { at, entriesAt, numberAt, parsed, textAt } from './loose.ts';

export function metricsCsv(path: string): string {
  const rows = new Map<number, Map<string, number>>();
  const names = new Set<string>();
  const put = (iteration: number, name: string, value: unknown): void => {
    if (typeof value !== 'number') return;
    names.add(name);
    const row = rows.get(iteration) ?? new Map<string, number>();
    rows.set(iteration, row.set(name, value));
  };
  for (const text of readFileSync(inside(path).metrics, 'utf8').split('\n')) {
    const line = parsed(text);
    const iteration = numberAt(line, 'iteration');
    if (iteration === null) continue;
    const metric = textAt(line, 'metric');
    if (metric !== null) put(iteration, `metric ${metric}`, at(line, 'value'));
    for (const [name, value] of entriesAt(line, 'losses')) put(iteration, `loss ${name}`, value);
    for (const [name, value] of entriesAt(line, 'objectives')) put(iteration, `objective ${name}`, value);
  }
  const heads = [...names];
  const lines = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([iteration, row]) => [String(iteration), ...heads.map((name) => String(row.get(name) ?? ''))]);
  return [['iteration', ...heads], ...lines].map((cells) => `${csvLine(cells)}\r\n`).join('');
}
