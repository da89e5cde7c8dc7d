/**
 * The alphabet of labels in pictures: DejaVu Sans in two sizes, drawn beforehand (setup/docs/glyphs.ts), as where a run goes there
 * need not be a font. In: a character and a size; out: how wide it is, and how much of each pixel it covers.
 */
import { inflateRawSync } from 'node:zlib';
import { characters, packed } from './glyphs.ts';

/** Pixels from a line's ascenders to its descenders, nearly. */
export type TextSize = keyof typeof packed;

export interface Glyph {
  /** How far the next character is, in pixels; not whole. */
  readonly advance: number;
  /** The cell: its baseline is `size` rows below its top, the character begins two columns from its left. */
  readonly width: number;
  readonly height: number;
  /** 0 to 255 for each pixel of the cell. */
  readonly cover: Uint8Array;
}

const known = new Map<TextSize, ReadonlyMap<string, Glyph>>();

function alphabet(size: TextSize): ReadonlyMap<string, Glyph> {
  const { width, height, packed: text } = packed[size];
  const bytes = inflateRawSync(Buffer.from(text, 'base64'));
  const long = 1 + width * height;
  const glyphs = Array.from(characters, (character, i): [string, Glyph] => {
    const cover = bytes.subarray(i * long + 1, (i + 1) * long);
    return [character, { advance: bytes[i * long] / 8, width, height, cover }];
  });
  return new Map(glyphs);
}

/** A character that the alphabet lacks is a question mark. */
export function glyphOf(character: string, size: TextSize): Glyph {
  const glyphs = known.get(size) ?? alphabet(size);
  known.set(size, glyphs);
  return glyphs.get(character) ?? glyphs.get('?')!;
}
