/**
 * metrics.jsonl: a line for each iteration and each report result, written in gulps; flushed to the disk before a
 * checkpoint that counts on it.
 */
import { closeSync, fsyncSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { onDisk } from '../disk.ts';

/** A line without its end; what JSON has no number for becomes a string (`NaN`). */
export function metricsLine(row: object): string {
  const plain = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(row, plain);
}

export interface MetricsFile {
  append(row: object): void;
  /** Bytes written and on the disk. */
  flush(): number;
  /** Writes what is left. Throws DiskError where it can't be; the file is closed then, too, and closing it again does nothing. */
  close(): void;
}

/**
 * Opens the file; lines after the first `wanted` bytes (those of a checkpoint) are taken away, `dropped` bytes. One that is shorter has lost
 * lines: `lacking` says how many bytes, and what follows begins on a line of its own. Throws DiskError.
 */
export function metricsFile(
  path: string,
  wanted: number,
): MetricsFile & { readonly lacking: number; readonly dropped: number } {
  const found = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (found > wanted) onDisk(path, () => truncateSync(path, wanted));
  const file = onDisk(path, () => openSync(path, 'a+'));
  let bytes = Math.min(found, wanted);
  let pending: string[] = [];
  let size = 0;
  let isOpen = true;
  const write = (): void => {
    const text = Buffer.from(pending.join(''));
    [pending, size] = [[], 0];
    onDisk(path, () => {
      for (let at = 0; at < text.length;) {
        const written = writeSync(file, text, at);
        at += written;
        bytes += written;
      }
    });
  };
  const add = (text: string): void => {
    pending.push(text);
    size += text.length;
  };
  if (found < wanted && !endsLine(file, found)) add('\n');
  return {
    lacking: Math.max(0, wanted - found),
    dropped: Math.max(0, found - wanted),
    append(row) {
      add(metricsLine(row) + '\n');
      if (size > 4096) write();
    },
    flush() {
      write();
      onDisk(path, () => fsyncSync(file));
      return bytes;
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      try {
        write();
      } finally {
        closeSync(file);
      }
    },
  };
}

function endsLine(file: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString('latin1') === '\n';
}
