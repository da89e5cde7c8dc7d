/**
 * Real speech, where setup/data/speech-sets.sh has installed it: that what `speech` says of made-up files holds for these.
 * Skipped, and said so, where the sets are absent.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { cacheFolder } from '../../runtime/cache.ts';
import { speech } from '../../runtime/data/speech.ts';
import { inMemory } from './in-memory.ts';

/** The least segments that each speaker must give. */
const sets = {
  asterisk: { frames: 64, least: 200 },
  digits: { frames: 24, least: 150 },
  tts: { frames: 64, least: 20 },
} as const;

describe('sets of real and of read speech', () => {
  for (const [name, { frames, least }] of Object.entries(sets)) {
    const folder = join(cacheFolder(), 'speech', name);
    const there = existsSync(folder);
    const wanted = there ? it : it.skip;
    wanted(`${name}${there ? '' : ': not installed, see setup/data/speech-sets.sh'}`, () => {
      const speakers = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      const args = {
        files: `${folder}/<speaker>/*.wav`,
        speakers: speakers.length,
        frames,
        unusable: 'skip',
      };
      const parts = ['train', 'test'].map((split) => inMemory(speech.open({ ...args, split }, '.')));
      const all = inMemory(speech.open(args, '.'));
      assert.equal(parts[0].count + parts[1].count, all.count);
      const labels = new Float32Array(all.count);
      all.read('speaker', { from: 0, to: all.count }, labels);
      speakers.forEach(({ name: speaker }, number) =>
        assert.isAtLeast(labels.filter((label) => label === number).length, least, speaker),
      );
      const rows = Uint32Array.from({ length: 8 }, (_, i) => Math.floor((i * all.count) / 8));
      const sound = new Float32Array(rows.length * 80 * frames);
      all.read('sound', rows, sound);
      assert.isTrue(sound.every((x) => x >= 0 && x <= 1));
      assert.isAbove(
        sound.reduce((most, x) => Math.max(most, x), 0),
        0.7,
      );
    });
  }
});
