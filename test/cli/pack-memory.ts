/** Packs and reads so many records of 3 MB, and prints the process's peak in MB. In: a folder for the pictures, and how many. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { peakBytes } from '../../cli/peak.ts';
import { sources } from '../../runtime/catalogue.ts';

const [folder, count] = [process.argv[2], Number(process.argv[3])];
mkdirSync(folder, { recursive: true });
for (let i = 0; i < count; i++) {
  const colour = { r: i, g: 2 * i, b: 3 * i };
  await sharp({ create: { width: 8, height: 8, channels: 3, background: colour } })
    .png()
    .toFile(join(folder, `${i}.png`));
}
const source = await sources.images.open({ files: '*.png', size: 1024 }, folder);
const out = new Float32Array(3 * 1024 * 1024);
for (let row = 0; row < count; row++) source.read('image', Uint32Array.of(row), out);
process.stdout.write(String(peakBytes() / 1e6));
