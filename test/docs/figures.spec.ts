/** The pictures of the systems' pages are those that runs wrote, pixel for pixel, in a margin that names their axes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import sharp from 'sharp';
import { figures, leftOf, margin } from '../../setup/docs/figures.ts';
import { root } from './page.ts';
import { systems } from './systems.ts';

const images = join(root, 'docs', 'images');
const pixels = (path: string) => sharp(path).toColourspace('srgb').removeAlpha();

describe('figures', () => {
  it('each picture of a run has names for its axes', () => {
    const files = readdirSync(join(images, 'runs')).map((file) => file.replace('.png', ''));
    assert.sameMembers(files, Object.keys(figures));
  });

  for (const [name, names] of Object.entries(figures))
    it(`${name} is the run's`, async () => {
      const run = pixels(join(images, 'runs', `${name}.png`));
      const { width, height } = await run.metadata();
      const inside = { left: leftOf(names), top: margin.top, width, height };
      const framed = pixels(join(images, `${name}.png`));
      const size = await framed.metadata();
      assert.deepEqual([size.width, size.height], [inside.left + width, inside.top + height]);
      const [wanted, found] = await Promise.all([
        run.raw().toBuffer(),
        framed.extract(inside).raw().toBuffer(),
      ]);
      assert.isTrue(wanted.equals(found), 'node --import=tsx setup/docs/figures.ts draws it anew');
    });

  it('every picture of a run on a page has a frame', () => {
    for (const system of systems) {
      const text = readFileSync(join(root, 'docs', `${system}.md`), 'utf8');
      for (const [, name] of text.matchAll(/\]\(images\/([\w-]+)\.png\)/g)) assert.property(figures, name);
    }
  });
});
