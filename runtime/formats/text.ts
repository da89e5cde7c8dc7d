/**
 * Bytes → text, in whichever of the encodings that tables come in: UTF-16 of either byte order (spreadsheets write it, with
 * a mark or without), UTF-8, else Windows-1252. In parts, so that no file is too large.
 */

/** Bytes that are decoded at once: a string of a megabyte lies outside of the heap, where it is collected late. */
const atOnce = 2 ** 16;

/**
 * The text, in pieces; the first of the parts has two bytes at least. `parts` is called twice: which encoding it is may show
 * at the end, where a name with an umlaut stands in the last line alone.
 */
export function* textPieces(parts: () => Iterable<Uint8Array>): Generator<string> {
  const decoder = new TextDecoder(encodingOf(cut(parts())));
  for (const bytes of cut(parts())) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

function* cut(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += atOnce) yield part.subarray(at, at + atOnce);
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

function encodingOf(parts: Iterable<Uint8Array>): Encoding {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let [wide, marked, utf8, length]: [Encoding | null, boolean, boolean, number] = [null, false, true, 0];
  for (const part of parts) {
    if (length === 0) [wide, marked] = [wideIn(part), hasMark(part)];
    if (marked && wide !== null) return wide;
    length += part.length;
    utf8 &&= decodes(strict, part);
  }
  if (wide !== null && length % 2 === 0) return wide;
  return utf8 && decodes(strict) ? 'utf-8' : 'windows-1252';
}

/** Without bytes: whether what came before has an end. */
function decodes(strict: InstanceType<typeof TextDecoder>, part?: Uint8Array): boolean {
  try {
    strict.decode(part, { stream: part !== undefined });
    return true;
  } catch {
    return false;
  }
}

const hasMark = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/** UTF-16 by its mark; without one by the zeros, which every other byte of names and numbers is there. */
function wideIn(bytes: Uint8Array): Encoding | null {
  if (hasMark(bytes)) return bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  if (bytes.length < 2) return null;
  if (bytes[0] !== 0 && bytes[1] === 0) return 'utf-16le';
  return bytes[0] === 0 && bytes[1] !== 0 ? 'utf-16be' : null;
}
