/**
 * examples/notebook as a class runs it: every cell, in order, in an empty folder, with the package as it is packed.
 * Skipped without bench/.venv-notebook (bench/setup-notebook.sh makes it) or where npm reaches no registry.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, describe, it } from 'mocha';
import { root } from '../docs/page.ts';

const path = join(root, 'examples', 'notebook', 'gan-in-class.ipynb');
const python = join(root, 'bench', '.venv-notebook', 'bin', 'python');

interface Output {
  readonly output_type: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly Output[];
    readonly execution_count?: number | null;
  }[];
}

const textOf = (text: string | readonly string[] | undefined): string =>
  typeof text === 'string' ? text : (text ?? []).join('');

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/;

describe('the notebook for classes', function () {
  this.timeout(1_200_000);
  const folder = mkdtempSync(join(tmpdir(), 'ganc-notebook-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is kept without what its cells gave', () => {
    const { cells } = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
    for (const { outputs, execution_count } of cells.filter(({ cell_type }) => cell_type === 'code')) {
      assert.deepEqual(outputs, []);
      assert.isNull(execution_count);
    }
  });

  const named = existsSync(python)
    ? 'runs from end to end'
    : 'runs from end to end (needs bench/setup-notebook.sh)';
  it(named, function () {
    if (!existsSync(python)) this.skip();
    const run = (command: string, args: readonly string[], env = process.env) => {
      const { status, stdout, stderr } = spawnSync(command, args, {
        cwd: root,
        env,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      assert.equal(status, 0, `${command} ${args.join(' ')}\n${stderr}`);
      return stdout;
    };
    run(process.execPath, [join(root, 'setup', 'package', 'build.js')]);
    const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder])) as [
      { filename: string },
    ];
    const home = join(folder, 'class');
    mkdirSync(home);
    const env = { ...process.env, GANC_PACKAGE: join(folder, filename), NO_COLOR: '1' };
    const printed = run(python, [join(root, 'examples', 'notebook', 'execute.py'), path, home], env);

    const outputs = (JSON.parse(printed) as Notebook).cells.flatMap((cell) => cell.outputs ?? []);
    // IPython gives `!` lines a terminal; what they draw there over and over is left out.
    const said = outputs.map(({ text }) => textOf(text).replace(/\x1b\[[\d;]*[A-Za-z]/g, '\n')).join('\n');
    if (unreachable.test(said)) this.skip();
    assert.isEmpty(outputs.filter(({ output_type }) => output_type === 'error'));
    const shown = outputs.flatMap(({ data }) => Object.keys(data ?? {}));
    assert.lengthOf(
      shown.filter((kind) => kind === 'image/png'),
      3,
      said,
    );
    assert.include(shown, 'image/svg+xml');
    assert.lengthOf(said.match(/done after iteration 1000/g) ?? [], 2, said);
    assert.lengthOf(said.match(/^covered = [01]\.\d{3} after 1000 iterations$/gm) ?? [], 2, said);
    // One mistake, made on purpose.
    assert.deepEqual(
      [...said.matchAll(/^error\[(GAN\d+)\]/gm)].map(([, code]) => code),
      ['GAN3009'],
      said,
    );
  });
});
