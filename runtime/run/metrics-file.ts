/**
 * metrics.jsonl: a line for each iteration and each report result, written in gulps; flushed to the disk before a
 * checkpoint that counts on it.
 */
import { closeSync, existsSync, fsyncSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';

/** A line; what JSON has no number for becomes a string (`NaN`). */
function line(row: object): string {
  const plain = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(row, plain) + '\n';
}

export interface MetricsFile {
  append(row: object): void;
  /** Bytes written and on the disk. */
  flush(): number;
  close(): void;
}

/** Opens the file; lines after the first `bytes` (those of a checkpoint) are taken away. */
export function metricsFile(path: string, bytes: number): MetricsFile {
  if (existsSync(path) && statSync(path).size > bytes) truncateSync(path, bytes);
  const file = openSync(path, 'a');
  let pending: string[] = [];
  let size = 0;
  const write = (): void => {
    const text = Buffer.from(pending.join(''));
    for (let at = 0; at < text.length;) at += writeSync(file, text, at);
    bytes += text.length;
    [pending, size] = [[], 0];
  };
  return {
    append(row) {
      const text = line(row);
      pending.push(text);
      size += text.length;
      if (size > 4096) write();
    },
    flush() {
      write();
      fsyncSync(file);
      return bytes;
    },
    close() {
      write();
      closeSync(file);
    },
  };
}
