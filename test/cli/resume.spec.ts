/** `ganc run --resume`: what a run is compared with before it goes on. */
import { mkdirSync, rmSync } from 'node:fs';
import { assert } from 'chai';
import { ring, shell } from './shell.ts';

const { run, write, path } = shell();

describe('ganc run --resume', () => {
  it('compares the data that it reads where the spec is gone, or came from elsewhere', async () => {
    const spec = ring
      .replace('gaussians(rows: 100)', 'csv("points.csv", columns: "x, y")')
      .replace('ring.point', 'ring.values');
    const table = `x,y\n${'1,2\n3,4\n'.repeat(10)}`;
    write('points.csv', table);
    const file = write('pointed.gan', spec);
    const steps = ['--threads', '1', '--quiet', '--no-report', '--steps'];
    assert.equal((await run(['run', file, '--out', path('pointed'), ...steps, '3'])).code, 0);
    mkdirSync(path('apart'));
    write('apart/points.csv', table);
    write('apart/pointed.gan', spec);
    rmSync(file);
    assert.equal((await run(['run', '--resume', path('pointed'), ...steps, '4'])).code, 0);
    write('points.csv', table.replace('1,2', '1,3'));
    for (const named of [[], [path('apart/pointed.gan')]]) {
      const again = ['run', ...named, '--resume', path('pointed'), ...steps];
      const { code, err } = await run([...again, '5']);
      assert.equal(code, 2);
      assert.match(err, /not what the run was trained on:\n {2}data ring: the content/);
    }
    const forced = await run(['run', '--resume', path('pointed'), ...steps, '5', '--force']);
    assert.equal(forced.code, 0, forced.err);
    // It was told once.
    assert.equal((await run(['run', '--resume', path('pointed'), ...steps, '6'])).code, 0);
  });
});
