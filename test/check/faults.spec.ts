/**
 * Small specs that go wrong, each after a public bug report: the first line says what must come out. `said /re/`: checked
 * strictly, a message matches; `one error`: and no second one; `fine`: none at all; `fine for a moment`: warnings only;
 * `module`: the JavaScript that is written for it is JavaScript, and no text of the spec's has become code; `trains`: two
 * iterations run. Those about files have them made by Python (data/make.py), and are skipped where it has no Pillow (bench/setup-packages.sh).
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { checkSpec } from '../../compiler/compile.ts';
import { isError } from '../../grammar/diagnostics.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { shell } from '../cli/shell.ts';
import { host, load, programOf, root } from '../parity/host.ts';
import { torchPython } from '../torch/where.ts';

const faults = 'test/cases/faults';
const specsIn = (folder: string): string[] =>
  readdirSync(join(root, faults, folder))
    .filter((name) => name.endsWith('.gan'))
    .map((name) => `${folder}/${name}`);

interface Wanted {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** Of `// expect said /re/: why`. */
function wantedOf(file: string): Wanted {
  const [line] = load(`${faults}/${file}`).text.split('\n', 1);
  const [, kind, rest] = /^\/\/ expect ([a-z ]+[a-z])(.*)/.exec(line) ?? assert.fail(line);
  return { kind, pattern: new RegExp(/\/(.*)\//.exec(rest.split(': ')[0])?.[1] ?? '', 'i') };
}

type Said = Pick<Diagnostic, 'code' | 'what' | 'why' | 'hint'>;
const words = ({ code, what, why, hint }: Said): string => [code, what, why, hint].join(' ');

/** What a machine of middling size has: some cases ask for more. */
const memory = 16e9;

describe('faults of real projects', () => {
  for (const file of ['specs', 'fine'].flatMap(specsIn)) {
    const { kind, pattern } = wantedOf(file);
    it(file, () => {
      if (kind === 'module') return writesOnlyItsOwn(file);
      const found = checkSpec(load(`${faults}/${file}`), host, { memory }).diagnostics;
      const texts = found.map(words);
      if (kind === 'fine for a moment') assert.isFalse(found.some(isError), texts.join('\n'));
      else if (kind === 'fine') assert.isEmpty(texts);
      else
        assert(
          texts.some((text) => pattern.test(text)),
          `${pattern}\n${texts.join('\n')}`,
        );
      if (kind === 'one error') assert.lengthOf(found.filter(isError), 1);
    });
  }
});

function writesOnlyItsOwn(file: string): void {
  const { files } = programOf(`${faults}/${file}`, { target: 'tfjs' });
  const text = Buffer.from(files['train.mjs']).toString();
  const folder = mkdtempSync(join(tmpdir(), 'ganc-module-'));
  try {
    writeFileSync(join(folder, 'train.mjs'), text);
    const checked = spawnSync(process.execPath, ['--check', join(folder, 'train.mjs')], { encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
  // What is left when comments and strings are taken out.
  const code = text.replace(/\/\*[^]*?\*\/|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'|\/\/.*/g, '');
  for (const foreign of ['PWN', 'exit(3)', 'exit(4)']) assert.notInclude(code, foreign);
}

const python = torchPython ?? 'python3';
const makesFiles = spawnSync(python, ['-c', 'import numpy, PIL']).status === 0;

(makesFiles ? describe : describe.skip)('faults of files', () => {
  const { folder, path, run } = shell();
  before(() => {
    cpSync(join(root, faults, 'data'), join(folder, 'data'), { recursive: true });
    const made = spawnSync(python, [path('data/make.py'), path('data/made')], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
  });

  for (const file of specsIn('data')) {
    const { kind, pattern } = wantedOf(file);
    it(file, async () => {
      const checked = await run(['check', '--strict', '--json', path(file)]);
      const { diagnostics } = JSON.parse(checked.out) as { readonly diagnostics: readonly Said[] };
      if (kind.endsWith('said') && diagnostics.some((one) => pattern.test(words(one)))) return;
      const out = path(file.replace(/^.*\//, 'run-'));
      const trained = await run(['run', path(file), '--steps', '2', '--out', out]);
      if (kind.startsWith('trains') && trained.code === 0) return;
      assert.notEqual(trained.code, 0, `${kind}, and it trains`);
      assert.notInclude(trained.err, "ganc's own");
      assert.notEqual(kind, 'trains', trained.err);
      // Not in the quoted source.
      assert.match(trained.err.replace(/^.*\|.*$/gm, ''), pattern);
    });
  }
});
