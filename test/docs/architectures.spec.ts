/**
 * docs/images/architecture/: the picture of each shipped system, and of InfoGAN's updates, as `ganc graph` draws them;
 * docs/graph.md shows them all. UPDATE_GOLDEN=1 draws them anew.
 */
import { basename } from 'node:path';
import { describe, it } from 'mocha';
import { draw } from '../../diagram/draw.ts';
import { architectureOfFile } from '../diagram/spec.ts';
import { page } from './page.ts';

/** Those that have a page. */
const systems = [
  'infogan',
  'vae_gan',
  'vae_gan_three_classes',
  'bigan',
  'triple_gan',
  'domain_adversarial',
  'domain_alternating',
  'voice_disentangle',
  'voice_phases',
  'voice_cycle',
  'voice_parallel',
  'voice_vocoder',
];

const place = (name: string): string => `docs/images/architecture/${name}.svg`;

describe('pictures of architectures in docs/', () => {
  for (const name of systems)
    it(`${name} is what ganc graph draws`, async () => {
      const found = architectureOfFile(`specs/${name}.gan`);
      page(place(basename(name)), await draw(found, 'svg', { updates: false, layers: false }));
    });

  it("InfoGAN's updates and layers too", async () => {
    const found = architectureOfFile('specs/infogan.gan');
    page(place('infogan-updates'), await draw(found, 'svg', { updates: true, layers: false }));
    page(place('infogan-layers'), await draw(found, 'svg', { updates: false, layers: true }));
  });
});
