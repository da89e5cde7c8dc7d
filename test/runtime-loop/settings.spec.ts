/** What a run was told, as options that tell it again: pages print them, and seeds of one folder are held to them. */
import { assert } from 'chai';
import { optionsOf, settingsThatDiffer, settingWords } from '../../runtime/run/settings.ts';
import type { Settings } from '../../runtime/run/settings.ts';

const plain: Settings = { seed: 3, set: {}, profile: null };
const told: Settings = {
  seed: 4,
  set: { width: '16', rate: '2 * 0.1' },
  profile: 'tiny',
  accumulate: 2,
  best: { metric: 'fid', better: 'lower' },
  patience: 500,
};

describe('the settings of a run', () => {
  const line = (settings: Settings): string =>
    optionsOf(settings)
      .map(({ flag, value }) => `${flag} ${value}`)
      .join(' ');

  it('are told again by options, each of them', () => {
    assert.equal(
      line(told),
      '--profile tiny --set width=16 --set rate=2 * 0.1 --accumulate 2 --best lowest:fid --patience 500 --seed 4',
    );
    assert.equal(line(plain), '--seed 3');
    assert.equal(line({ ...plain, accumulate: 1 }), '--seed 3');
    assert.deepEqual(settingWords(told).slice(0, 4), [
      'profile tiny',
      'width=16',
      'rate=2 * 0.1',
      'accumulate 2',
    ]);
  });

  it('differ by what was said, whatever the seed', () => {
    assert.deepEqual(settingsThatDiffer(plain, { ...plain, seed: 9, accumulate: 1 }), []);
    assert.deepEqual(settingsThatDiffer(plain, told), [
      '--profile',
      'width',
      'rate',
      '--accumulate',
      '--best',
      '--patience',
    ]);
    assert.deepEqual(settingsThatDiffer(told, { ...told, set: { ...told.set, width: '8' } }), ['width']);
    const best = { metric: 'fid', better: 'higher' } as const;
    assert.deepEqual(settingsThatDiffer(told, { ...told, best }), ['--best']);
  });
});
