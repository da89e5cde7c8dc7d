/** bench/release.ts on a run that is there: a model file, its row in the table, its checksum. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { openRun } from '../../runtime/run/run-directory.ts';
import { digest } from '../../runtime/run/sealed.ts';
import { shell } from './shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('bench/release.ts', () => {
  const { run, path, read } = shell();

  const release = (...more: readonly string[]): { readonly code: number | null; readonly err: string } => {
    const args = ['--import=tsx', 'bench/release.ts', '--runs', path('runs'), '--out', path('out'), ...more];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    return { code: status, err: stderr };
  };

  it('writes the files of runs that are there, a table and checksums', async () => {
    const spec = `${root}/specs/infogan.gan`;
    const to = ['--out', path('runs/first'), '--profile', 'tiny', '--threads', '1', '-q', '--no-report'];
    const { code, err } = await run(['run', spec, ...to]);
    assert.equal(code, 0, err);
    const made = release('--only', 'infogan');
    assert.equal(made.code, 0, made.err);
    const bytes = readFileSync(path('out/infogan.ganc'));
    assert.equal(read('out/SHA256SUMS'), `${digest(bytes)}  infogan.ganc\n`);
    const weights = openRun(path('runs/first')).manifest.networks.reduce((sum, one) => sum + one.weights, 0);
    const size = (bytes.length / 1e6).toFixed(2);
    assert.include(
      read('out/README.md'),
      `| InfoGAN | \`infogan.ganc\` | ${size} MB | ${weights.toLocaleString('en')} | profile tiny, seed 1 | 6 |`,
    );
    const lacking = release('--only', 'bigan');
    assert.notEqual(lacking.code, 0);
    assert.include(lacking.err, 'has no run of bigan.gan');
  });
});
