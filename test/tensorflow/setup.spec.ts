/**
 * The setup of TensorFlow without TensorFlow: what is checked, what is said when something is missing or wrong, and
 * that there is a whole installation afterwards or nothing. The real one is in engines.spec.ts.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { bindingIn, bindingInPackage } from '../../runtime/engines/tensorflow/binding.ts';
import { lives } from '../../runtime/processes.ts';
import { wheels } from '../../runtime/engines/tensorflow/pins.ts';
import { damaged, requirePlatform, setUpTensorflow } from '../../setup/tensorflow/setup.ts';
import { SetupError } from '../../setup/setup-error.ts';
import type { SetupOptions } from '../../setup/tensorflow/setup.ts';
import { unzip } from '../../setup/tensorflow/unzip.ts';
import { executable, fakeMachine, proof, zip } from './fakes.ts';

const name = 'tensorflow-2.21.0-cpu-tfjs-4.22.0';

async function refused(options: SetupOptions, message: RegExp): Promise<void> {
  try {
    await setUpTensorflow(options);
  } catch (error) {
    assert.instanceOf(error, SetupError, (error as Error).stack);
    assert.match((error as Error).message, message);
    return;
  }
  assert.fail('it was not refused');
}

describe('setting TensorFlow up', function () {
  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip(); // Only there can it be set up.
  });

  it('leaves libraries and binding as a Python installation would have them, and nothing else', async () => {
    const machine = fakeMachine();
    const { home, kept, unlinked } = await setUpTensorflow(machine.options());
    assert.deepEqual(machine.left(), [name]);
    assert.isFalse(kept);
    assert.deepEqual(home.files, {
      'binding/tfjs_binding.node': 7,
      'nvidia/cuda_nvcc/bin/ptxas': 2,
      'nvidia/cudnn/lib/libcudnn.so.9': 20,
      'tensorflow/libtensorflow_cc.so.2': 300_000,
      'tensorflow/libtensorflow_framework.so.2': 1000,
    });
    assert.isNull(damaged(home));
    assert.isTrue(executable(join(home.path, 'nvidia/cuda_nvcc/bin/ptxas')));
    assert.isFalse(executable(join(home.path, 'nvidia/cudnn/lib/libcudnn.so.9')));
    assert.isNull(unlinked);
    assert.equal(readlinkSync(bindingInPackage(machine.source)), bindingIn(home.path));
  });

  it('a second time only verifies, and links again what npm ci took away', async () => {
    const machine = fakeMachine();
    await setUpTensorflow(machine.options());
    let proved = 0;
    const prove = async (): Promise<typeof proof> => (proved++, proof);
    const again = await setUpTensorflow(machine.options({ pip: 'missing', compiler: 'missing' }, { prove }));
    assert.isTrue(again.kept);
    assert.deepEqual([proved, machine.downloads()], [1, 1]);
    const forced = await setUpTensorflow(machine.options({}, { force: true }));
    assert.isFalse(forced.kept);
    assert.equal(machine.downloads(), 2);
    assert.deepEqual(machine.left(), [name]);
  });

  it('sets up anew what is damaged', async () => {
    const machine = fakeMachine();
    const { home } = await setUpTensorflow(machine.options());
    truncateSync(join(home.path, 'tensorflow/libtensorflow_cc.so.2'), 5);
    const said: string[] = [];
    const mended = await setUpTensorflow(machine.options({}, { say: (line) => said.push(line) }));
    assert.isFalse(mended.kept);
    assert.match(said[0], /libtensorflow_cc\.so\.2 has 5 bytes instead of 300000/);
    assert.isNull(damaged(mended.home));
  });

  it('refuses a wheel with another hash, and keeps what was there', async () => {
    const machine = fakeMachine();
    await refused(
      machine.options({}, { wheels: wheels.cpu }),
      /is not the one that ganc knows: its sha256 is [0-9a-f]{64}, not 2b847d21/,
    );
    assert.deepEqual(machine.left(), []);
    const { home } = await setUpTensorflow(machine.options());
    await refused(machine.options({}, { wheels: wheels.cpu, force: true }), /sha256/);
    assert.deepEqual(machine.left(), [name]);
    assert.isNull(damaged(home));
  });

  it('says what is missing, all of it, and what to type', async () => {
    const machine = fakeMachine();
    await refused(
      machine.options({ pip: 'missing', compiler: 'missing' }),
      /no C\+\+ compiler.*apt install g\+\+[^]*no pip.*apt install python3-pip/,
    );
    await refused(machine.options({ pip: 'missing' }), /^(?![^]*compiler)[^]*no pip/);
    const { PATH } = machine.options().env!;
    await refused(
      machine.options({}, { env: { PATH, CXX: 'no-such-compiler -m64' } }),
      /CXX \(no-such-compiler -m64\) does not start/,
    );
    assert.deepEqual([machine.left(), machine.downloads()], [[], 0]);
  });

  it('leaves nothing when pip, the compiler or the step fails', async () => {
    const machine = fakeMachine();
    await refused(
      machine.options({ pip: 'fails' }),
      /could not fetch tensorflow-cpu 2\.21\.0:\n {2}ERROR: No matching distribution/,
    );
    await refused(
      machine.options({ compiler: 'fails' }),
      /\(g\+\+\) failed:\n {2}x\.cc:1:1: error: this is not C\+\+/,
    );
    const prove = async (): Promise<never> => {
      throw new SetupError('it does not train');
    };
    await refused(machine.options({}, { prove }), /^it does not train$/);
    assert.deepEqual(machine.left(), []);
  });

  it('interrupted, leaves neither files nor programs', async () => {
    const machine = fakeMachine();
    const aborted = new AbortController();
    const running = setUpTensorflow(machine.options({ pip: 'hangs' }, { signal: aborted.signal }));
    while (machine.pids().length === 0) await sleep(20);
    assert.lengthOf(machine.left(), 1);
    aborted.abort();
    const ended = await running.then(
      () => 'done',
      (error: Error) => error.name,
    );
    assert.equal(ended, 'AbortError');
    assert.deepEqual(machine.left(), []);
    assert.isFalse(lives(machine.pids()[0]));
  });

  it('clears away what a killed setup left, and lets a living one be', async () => {
    const machine = fakeMachine();
    const [dead, alive] = [2 ** 22 + 1, process.ppid].map((pid) =>
      join(machine.cache, `.unfinished-${pid}-${name}`),
    );
    for (const folder of [dead, alive]) mkdirSync(join(folder, 'tensorflow'), { recursive: true });
    await setUpTensorflow(machine.options());
    assert.isFalse(existsSync(dead));
    assert.isTrue(existsSync(alive));
  });

  it("leaves a binding alone that the package's own script made, and says so", async () => {
    const machine = fakeMachine();
    const own = bindingInPackage(machine.source);
    mkdirSync(join(own, '..'), { recursive: true });
    writeFileSync(own, 'own');
    const { unlinked } = await setUpTensorflow(machine.options());
    assert.match(unlinked!, /is there already, and not ganc's/);
    assert.isTrue(lstatSync(own).isFile());
    assert.equal(readFileSync(own, 'utf8'), 'own');
  });
});

describe('what the setup stands on', () => {
  it('wheels are for Linux on x86-64 with glibc 2.27', () => {
    assert.throws(
      () => requirePlatform('darwin', 'arm64', null),
      SetupError,
      /Linux on x86-64 only, not on darwin on arm64/,
    );
    assert.throws(() => requirePlatform('linux', 'x64', '2.26'), SetupError, /this system has 2\.26/);
    assert.throws(() => requirePlatform('linux', 'x64', null), SetupError, /another C library/);
    requirePlatform('linux', 'x64', '2.27');
    requirePlatform('linux', 'x64', '3.0');
  });

  it('reads archives, and refuses damaged ones and names that lead out', async () => {
    const machine = fakeMachine();
    const [archive, folder] = ['a.zip', 'out'].map((file) => join(machine.cache, file));
    const content = zip({ 'a/packed': Buffer.alloc(5000, 'x'), 'a/stored': Buffer.from('stored') });
    const refuses = async (bytes: Buffer, message: RegExp): Promise<void> => {
      writeFileSync(archive, bytes);
      const said = await unzip(archive, folder, /./).then(String, (error: Error) => error.message);
      assert.match(said, message);
    };
    writeFileSync(archive, content);
    assert.equal(await unzip(archive, folder, /stored$/), 1);
    assert.equal(readFileSync(join(folder, 'a/stored'), 'utf8'), 'stored');
    assert.isFalse(existsSync(join(folder, 'a/packed')));
    const wrong = Buffer.from(content);
    wrong[wrong.indexOf('stored', wrong.indexOf('a/stored') + 8, 'latin1')] = 0;
    await refuses(wrong, /a\/stored does not match its checksum/);
    await refuses(content.subarray(0, content.length - 30), /not a zip archive, or cut/);
    await refuses(zip({ '../out': Buffer.from('x') }), /leads out of the folder/);
  });
});
