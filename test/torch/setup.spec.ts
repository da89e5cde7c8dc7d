/**
 * Which Python has PyTorch, and `ganc setup torch` that makes one: programs are fakes, nothing is fetched, and the cache is a
 * folder of the test's own.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, afterEach, beforeEach, describe, it } from 'mocha';
import { targetFor } from '../../cli/program.ts';
import { anyCard, askPython, pythonHere } from '../../runtime/engines/torch/python.ts';
import { SetupError } from '../../setup/setup-error.ts';
import { setUpTorch } from '../../setup/torch/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganc-torch-setup-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A Python that makes environments of itself; `pip`: which installations fail. */
function fakePython(name: string, { version = '2.15.0', cards = '[]', pip = 'none' } = {}): string {
  const bin = join(folder, name);
  mkdirSync(bin, { recursive: true });
  const path = join(bin, 'python3');
  const told = `{"version": "${version}", "cards": ${cards}, "cpu": 1.5, "card": null}`;
  writeFileSync(
    path,
    `#!/bin/sh
echo "$*" | head -1 >> ${join(folder, 'asked')}
case "$1 $2" in
  --version*) echo Python 3.12.1 ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") case "${pip} $*" in all*|cpu*whl/cpu*) echo "ERROR: no route"; exit 1 ;; esac ;;
  -c*) echo '${told}' ;;
esac
`,
  );
  chmodSync(path, 0o755);
  return bin;
}

const asked = (): string => readFileSync(join(folder, 'asked'), 'utf8');
const said: string[] = [];
const setUp = (bin: string, more: { gpu?: boolean; force?: boolean; python?: string } = {}) =>
  setUpTorch({
    ...{ gpu: false, force: false, ...more },
    say: (line) => void said.push(line),
    env: { ...process.env, PATH: `${bin}:/usr/bin:/bin` },
  });

describe('ganc setup torch', () => {
  const { GANC_CACHE, GANC_PYTHON } = process.env;
  let cache = '';
  beforeEach(() => {
    cache = mkdtempSync(join(folder, 'cache-'));
    process.env.GANC_CACHE = cache;
    delete process.env.GANC_PYTHON;
    writeFileSync(join(folder, 'asked'), '');
  });
  afterEach(() => {
    for (const [name, value] of Object.entries({ GANC_CACHE, GANC_PYTHON }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });

  it('makes an environment, which runs find and the next setup keeps', async () => {
    assert.equal(pythonHere(), 'python3');
    const made = await setUp(fakePython('works'));
    assert.isFalse(made.kept);
    assert.equal(pythonHere(), made.python);
    assert.equal(made.python, join(cache, 'torch-2.15.0-cpu', 'bin', 'python'));
    assert.match(asked(), /pip install .*torch==2\.15\.0/);
    writeFileSync(join(folder, 'asked'), '');
    assert.isTrue((await setUp(fakePython('works'))).kept);
    assert.notInclude(asked(), 'pip');
    process.env.GANC_PYTHON = '/mine';
    assert.equal(pythonHere(), '/mine');
  });

  it('takes the registry where the index without CUDA does not answer', async () => {
    await setUp(fakePython('behind', { pip: 'cpu' }));
    if (process.platform === 'linux') assert.match(said.join('\n'), /from the package registry, with CUDA/);
    assert.match(asked(), /pip install [^\n]*torch==2\.15\.0\n/);
  });

  it('leaves nothing where it fails, and says why', async () => {
    let error: unknown;
    await setUp(fakePython('offline', { pip: 'all' })).catch((one: unknown) => (error = one));
    assert.instanceOf(error, SetupError);
    assert.match((error as Error).message, /pip could not fetch PyTorch .*\n {2}ERROR: no route/);
    assert.isFalse(existsSync(join(cache, 'torch-2.15.0-cpu')));
    assert.equal(pythonHere(), 'python3');
  });

  it('anew leaves the environment that works until another does, also where it was killed', async () => {
    const { python } = await setUp(fakePython('works'));
    const mark = join(python, '../../mark');
    const isAsBefore = (): void => {
      assert.equal(pythonHere(), python);
      assert.isTrue(existsSync(mark));
      assert.sameMembers(readdirSync(cache), ['torch-2.15.0-cpu', 'torch-python']);
    };
    writeFileSync(mark, '');
    for (const bin of [fakePython('offline', { pip: 'all' }), fakePython('stale', { version: '2.0.0' })]) {
      const error: unknown = await setUp(bin, { force: true }).catch((one: unknown) => one);
      assert.instanceOf(error, SetupError);
      isAsBefore();
    }
    // kill -9 while the new one was made.
    const home = join(cache, 'torch-2.15.0-cpu');
    renameSync(home, `${home}-before`);
    mkdirSync(home);
    assert.isTrue((await setUp(fakePython('works'))).kept);
    isAsBefore();
    assert.isFalse((await setUp(fakePython('works'), { force: true })).kept);
    assert.isFalse(existsSync(mark));
    // And once it was done.
    mkdirSync(`${home}-before`);
    assert.isTrue((await setUp(fakePython('works'))).kept);
    writeFileSync(mark, '');
    isAsBefore();
  });

  it('that fails lets no run look for an interpreter that is gone', async () => {
    await setUp(fakePython('works'));
    rmSync(join(cache, 'torch-2.15.0-cpu'), { recursive: true });
    await setUp(fakePython('offline', { pip: 'all' })).catch(() => undefined);
    assert.equal(pythonHere(), 'python3');
  });

  it('takes an interpreter that is there, unless its PyTorch is too old', async () => {
    const mine = join(fakePython('mine'), 'python3');
    assert.equal((await setUp('/none', { python: mine })).python, mine);
    assert.equal(pythonHere(), mine);
    const old = await askPython(join(fakePython('old', { version: '2.3.1' }), 'python3'));
    assert.match(old as string, /has PyTorch 2\.3\.1; ganc needs 2\.4 or newer/);
  });

  it('is what --device auto takes where a card is there, and only then asked', async () => {
    process.env.GANC_PYTHON = join(fakePython('card', { cards: '["A100"]' }), 'python3');
    const machine = join(folder, 'machine');
    assert.isFalse(anyCard(machine));
    assert.equal(await targetFor({ device: 'auto' }, machine), 'onnx');
    assert.equal(asked(), '');
    mkdirSync(join(machine, 'dev'), { recursive: true });
    writeFileSync(join(machine, 'dev', 'nvidiactl'), '');
    assert.equal(await targetFor({ device: 'cpu' }, machine), 'onnx');
    assert.equal(await targetFor({ device: 'auto' }, machine), 'torch');
    assert.equal(await targetFor({ device: 'cpu', processes: 2 }, machine), 'torch');
  });
});
