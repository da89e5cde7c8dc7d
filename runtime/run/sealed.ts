/**
 * JSON files that say whether they are as they were written: their last entry is the SHA-256 of the rest. In and out:
 * values ↔ bytes. One changed bit anywhere is seen, also one that leaves the JSON valid: a run must not go on from
 * numbers that nobody trained.
 */
import { createHash } from 'node:crypto';

/** SHA-256, in hex. */
export const digest = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** The text of a file that holds `value`. */
export function seal(value: object): string {
  const checksum = digest(JSON.stringify(value));
  return JSON.stringify({ ...value, checksum }, null, 1) + '\n';
}

/** The value; or what is wrong with the bytes, as the end of a sentence that begins with the file's name. */
export function unseal(bytes: Uint8Array): { readonly value: object } | { readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { problem: 'is damaged: it is no JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { problem: 'is damaged: it is no JSON object' };
  const { checksum, ...value } = parsed as Readonly<Record<string, unknown>>;
  if (checksum === undefined && value.format === 1) return { problem: ofEarlierVersion };
  const same = Buffer.compare(Buffer.from(seal(value)), bytes) === 0;
  return same
    ? { value }
    : { problem: 'is damaged, or was changed by hand: its checksum is not that of its content' };
}

const ofEarlierVersion =
  'was written by ganc 0.1, whose language and files have changed: ' +
  'go on with it in that version, or start a new run from its spec';
