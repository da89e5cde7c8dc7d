/** What a message gives to type is, for a shell, the path that was meant. */
import { spawnSync } from 'node:child_process';
import { assert } from 'chai';
import { shellPath, shellWord } from '../../grammar/shell-word.ts';

describe('a word for a shell', () => {
  it('is read by sh as it was', () => {
    const words = [
      'runs/gan-1',
      'a b',
      "it's",
      '$(ls)',
      '`ls`',
      'a"b',
      'new\nline',
      'ünï',
      '*',
      'a;b&c',
      '~',
      '',
    ];
    const script = `for word in ${words.map(shellWord).join(' ')}; do printf '%s\\0' "$word"; done`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    assert.deepEqual(stdout.split('\0').slice(0, -1), words);
    assert.equal(shellWord('runs/gan-1'), 'runs/gan-1');
  });

  it('that is a path is no option', () => {
    assert.equal(shellPath('-x y'), "'./-x y'");
    assert.equal(shellPath('runs/gan-1'), 'runs/gan-1');
  });
});
