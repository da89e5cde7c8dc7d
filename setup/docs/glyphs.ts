/**
 * The alphabet of pictures, drawn once from DejaVu Sans (free to use and to pass on in any form: Bitstream Vera's licence), so that
 * pictures look printed on machines that have no fonts. In: the font, as the machine that this runs on has it; out:
 * runtime/reports/pictures/glyphs.ts. After a change: node --import=tsx setup/docs/glyphs.ts
 */
import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import sharp from 'sharp';

const characters = [...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)), ...'–·×°…'];
const sizes = [10, 13];
/** How many of a character stand in the text that its width is taken from. */
const many = 40;

interface Gray {
  readonly width: number;
  readonly height: number;
  /** 0 to 255, row by row. */
  readonly data: Uint8Array;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '&#160;');

/** White on black, its baseline `size` below the top. */
async function drawn(text: string, size: number, width: number, height: number): Promise<Gray> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%"/><text x="2" y="${size}" font-family="DejaVu Sans" font-size="${size}" fill="#fff">${escaped(text)}</text></svg>`;
  const data = await sharp(Buffer.from(svg)).extractChannel(0).raw().toBuffer();
  return { width, height, data };
}

/** One more than the last column that holds ink. */
function inkWidth({ width, data }: Gray): number {
  return data.reduce((most, value, i) => (value > 40 ? Math.max(most, (i % width) + 1) : most), 0);
}

async function advanceOf(character: string, size: number): Promise<number> {
  const width = (many + 4) * size * 2;
  const between = async (text: string): Promise<number> =>
    inkWidth(await drawn(`H${text}H`, size, width, 2 * size));
  return ((await between(character.repeat(many))) - (await between(''))) / many;
}

/** For each character its width in eighths of a pixel, then its cell: one byte a pixel. */
async function alphabet(size: number): Promise<{ text: string; cell: [number, number] }> {
  const cell: [number, number] = [Math.ceil(size * 1.1) + 2, Math.ceil(size * 1.35)];
  const bytes: number[] = [];
  for (const character of characters) {
    bytes.push(Math.round(8 * (await advanceOf(character, size))));
    bytes.push(...(await drawn(character, size, cell[0], cell[1])).data);
  }
  // Sixteen steps of gray are enough, and take half the room.
  const coarse = Uint8Array.from(bytes, (value, i) =>
    i % (1 + cell[0] * cell[1]) === 0 ? value : 17 * Math.round(value / 17),
  );
  return { text: deflateRawSync(coarse, { level: 9 }).toString('base64'), cell };
}

const rows: string[] = [];
for (const size of sizes) {
  const { text, cell } = await alphabet(size);
  rows.push(`  ${size}: { width: ${cell[0]}, height: ${cell[1]}, packed: '${text}' },`);
}
const written = `/** The alphabet of pictures as setup/docs/glyphs.ts drew it; font.ts says what the bytes are. Not edited by hand. */

/** In the order of the cells. */
export const characters =
  ${JSON.stringify(characters.join(''))
    .replaceAll("'", "\\'")
    .replaceAll('\\"', '"')
    .replace(/^"(.*)"$/s, "'$1'")};

/** By the size in pixels. */
export const packed = {
${rows.join('\n')}
} as const;
`;
writeFileSync(new URL('../../runtime/reports/pictures/glyphs.ts', import.meta.url), written);
