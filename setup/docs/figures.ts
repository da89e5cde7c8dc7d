/**
 * The pictures of the systems' pages, with names on their axes. In: docs/images/runs/, as runs wrote them, and the table
 * below; out: docs/images/, the same pixels in a white margin that says what rows and columns are. After a picture in
 * runs/ is replaced: node --import=tsx setup/docs/figures.ts
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const images = fileURLToPath(new URL('../../docs/images', import.meta.url));

/** What stands above a picture, and to its left: one name along the axis, or one for each row. */
export interface Names {
  readonly above: string;
  readonly left: string | readonly string[];
}

const pairs = ['image', 'of its code', 'image', 'of its code'];
const beside = { above: 'test images, and below each what becomes of it', left: pairs };
const samples = { above: '64 draws of the noise', left: '' };
/** Codes whose axes the run's picture names by itself. */
const colours = (of: string): Names => ({ above: `colours: ${of}`, left: '' });
const plane = (colours: string): Names => ({
  above: `first principal component; colours: ${colours}`,
  left: 'second principal component',
});
const codes = { above: 'first style code', left: 'category' };

/** By the picture's name. */
export const figures: Readonly<Record<string, Names>> = {
  'infogan-codes': codes,
  'infogan-codes-seed1': codes,
  'infogan-samples': samples,
  'gan-first': { above: 'one number of the noise', left: 'the other numbers: a draw a row' },
  'vae-beside': beside,
  'vae-gan-beside': beside,
  'vae-gan-three-beside': beside,
  'fashion-vae-beside': beside,
  'fashion-vae-gan-beside': beside,
  'fashion-vae-gan-three-beside': beside,
  'vae-samples': samples,
  'vae-gan-samples': samples,
  'vae-gan-three-samples': samples,
  'fashion-vae-samples': samples,
  'fashion-vae-gan-samples': samples,
  'fashion-vae-gan-three-samples': samples,
  'vae-gan-between': { above: 'way from one code to another', left: 'two codes a row' },
  'bigan-beside': beside,
  'bigan-autoencoder-beside': beside,
  'bigan-samples': samples,
  'feature-matching-samples': samples,
  'triple-gan-samples': { ...samples, above: '64 draws of noise and class' },
  'domain-source-features': plane('1 source, 2 target'),
  'domain-adapted-features': plane('1 source, 2 target'),
  'domain-uci-both': { above: 'held-out digits, as F sees them', left: ['MNIST', 'UCI', 'MNIST', 'UCI'] },
  'voice-who': colours('speakers'),
  'voice-who-by-phone': colours('phones'),
  'voice-words': colours('speakers'),
  'voice-words-by-phone': colours('phones'),
  'cyclegan-relief': {
    above: 'test digits: flat, translated, their true relief, and that one translated back',
    left: ['flat', 'to relief', 'relief', 'to flat'],
  },
  'vqgan-beside': {
    above: 'test digits, and below each what is made of its codes',
    left: Array.from({ length: 4 }, () => ['image', 'of its codes']).flat(),
  },
  'vqgan-made': { above: '64 digits of codes that the transformer wrote', left: '' },
  'voice-cycle': {
    above: 'whole.sound: one speaker; whole.parallel: the other; sentence: made of the first',
    left: '',
  },
  'voice-spectra': {
    above: 'whole.sound: the words; whole.other: a voice; sentence: the words in that voice',
    left: '',
  },
};

/** Pixels of the margin; on the right and below there is none. */
export const margin = { top: 26, one: 28, each: 84 };

export const leftOf = ({ left }: Names): number =>
  left === '' ? 0 : typeof left === 'string' ? margin.one : margin.each;

const text = (x: number, y: number, said: string, more: string): string =>
  `<text x="${x}" y="${y}" ${more}>${said}</text>`;

async function frame(name: string, names: Names): Promise<void> {
  const path = join(images, 'runs', `${name}.png`);
  const { width, height } = await sharp(path).metadata();
  const [left, all] = [leftOf(names), { width: width + leftOf(names), height: height + margin.top }];
  const rows = typeof names.left === 'string' ? [] : names.left;
  const [middle, centre] = [margin.top + height / 2, left + width / 2];
  const drawn = [
    text(centre, 18, names.above, 'text-anchor="middle"'),
    typeof names.left === 'string'
      ? text(18, middle, names.left, `text-anchor="middle" transform="rotate(-90 18 ${middle})"`)
      : rows.map((row, i) => {
          const y = margin.top + ((i + 0.5) / rows.length) * height + 4;
          return text(left - 6, y, row, 'text-anchor="end"');
        }),
  ].flat();
  const size = `width="${all.width}" height="${all.height}"`;
  const style = 'font-family="DejaVu Sans, Verdana, sans-serif" font-size="13" fill="#333"';
  const words = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}>${drawn.join('')}</svg>`;
  await sharp({ create: { ...all, channels: 3, background: '#fff' } })
    .composite([
      { input: path, left, top: margin.top },
      { input: Buffer.from(words), left: 0, top: 0 },
    ])
    .png({ compressionLevel: 9 })
    .toFile(join(images, `${name}.png`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, names] of Object.entries(figures)) await frame(name, names);
  const unnamed = readdirSync(join(images, 'runs')).filter((file) => !(file.slice(0, -4) in figures));
  if (unnamed.length > 0) console.error(`figures: no names for ${unnamed.join(', ')}`);
}
