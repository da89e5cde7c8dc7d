/**
 * Model files as a stranger's: one that is cut, or has one bit changed, is answered with a sentence that names it, and one that is
 * made to do harm is not believed.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { assert } from 'chai';
import { inMemory } from '../../runtime/formats/file-bytes.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { memberBytes, zipMembers } from '../../runtime/formats/zip.ts';
import { writeZip } from '../../runtime/formats/zip-write.ts';
import { openRun, RunDirectoryError } from '../../runtime/run/run-directory.ts';
import { digest, seal, unseal } from '../../runtime/run/sealed.ts';
import { ring, shell } from './shell.ts';

const { run, write, path } = shell();

type Contents = ReadonlyMap<string, Uint8Array>;

describe('a model file from elsewhere', () => {
  let bytes: Buffer;
  let contents: Contents;
  let files = 0;

  before(async () => {
    const spec = write('ring.gan', ring);
    const trained = await run(['run', spec, '--out', path('run'), '--steps', '1', '--threads', '1', '-q']);
    assert.equal(trained.code, 0, trained.err);
    const exported = await run(['export', path('run'), '--out', path('ring.ganc')]);
    assert.equal(exported.code, 0, exported.err);
    bytes = readFileSync(path('ring.ganc'));
    const all = inMemory(bytes);
    contents = new Map(zipMembers(all, 'ring').map((one) => [one.name, memberBytes(all, one, 'ring')]));
  });

  const sealed = (made: Uint8Array): Uint8Array => {
    const end = made.length - 64;
    made.set(Buffer.from(digest(made.subarray(0, end))), end);
    return made;
  };
  /** An archive with a right seal, whatever is in it. */
  const packed = (all: Iterable<readonly [string, Uint8Array]>): Uint8Array =>
    sealed(
      writeZip(
        [...all].map(([name, held]) => ({ name, bytes: held, deflate: true })),
        64,
      ),
    );
  const put = (held: Uint8Array): string => {
    const file = path(`try-${files++}.ganc`);
    writeFileSync(file, held);
    return file;
  };
  /** What is said of it; the file is named. */
  const refused = (held: Uint8Array): string => {
    const file = put(held);
    try {
      openRun(file);
    } catch (error) {
      assert(error instanceof FileError || error instanceof RunDirectoryError, String(error));
      assert.include(error.message, file.slice(file.lastIndexOf('try-')));
      return error.message;
    }
    return assert.fail('it was taken');
  };
  const changed = (name: string, change: (value: Record<string, unknown>) => object): Contents => {
    const read = unseal(contents.get(name)!);
    assert('value' in read);
    return new Map(contents).set(name, Buffer.from(seal(change(read.value as Record<string, unknown>))));
  };

  it('is taken as it is, and as it is packed here', () => {
    openRun(put(bytes));
    openRun(put(packed(contents)));
  });

  it('is refused with any byte changed', () => {
    for (let at = 0; at < bytes.length; at += 61) {
      const spoilt = Uint8Array.from(bytes);
      spoilt[at] ^= 1 << (at % 8);
      refused(spoilt);
    }
  });

  it('is refused wherever it is cut', () => {
    for (let at = 0; at < bytes.length; at += 97) refused(bytes.subarray(0, at));
    assert.include(refused(bytes.subarray(0, -1)), 'damaged, cut');
    assert.include(refused(new Uint8Array()), 'neither a run directory nor a file');
  });

  it('puts no file anywhere but where those of a run are', () => {
    const extra = new Uint8Array(3);
    for (const name of [
      '../evil.onnx',
      '/tmp/evil.onnx',
      'program/../../evil.onnx',
      'program/..\\evil.onnx',
      'program/.hidden.onnx',
      'program/model.mjs',
      'program/networks.py',
      'notes.txt',
      'C:evil.onnx',
    ])
      assert.include(refused(packed([...contents, [name, extra]])), 'which is no file of a run');
    assert.include(refused(packed([...contents, ['RUN.JSON', extra]])), 'which is no file of a run');
    assert.include(refused(packed([...contents, ['run.json', extra]])), 'holds run.json twice');
    assert.isFalse(existsSync(path('evil.onnx')));
  });

  it('takes no room that it only says it needs', () => {
    const lying = Uint8Array.from(packed(contents));
    const view = new DataView(lying.buffer);
    const member = zipMembers(inMemory(lying), 'lying').find(({ name }) => name === 'spec.gan')!;
    // The directory's entry of the member, and its size there.
    const entry = Buffer.from(lying).lastIndexOf('spec.gan') - 46;
    assert.equal(view.getUint32(entry + 24, true), member.size);
    view.setUint32(entry + 24, 2 ** 32 - 2, true);
    assert.match(refused(sealed(lying)), /says that it holds/);
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('ganc-model-')).length;
    refused(packed([...contents, ['program/zeros.safetensors.txt', new Uint8Array(2 ** 24)]]));
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('ganc-model-')).length;
    assert.equal(after, before, 'nothing is unpacked before names and sizes are known');
  });

  it('lacks nothing that a run has', () => {
    for (const name of contents.keys()) {
      if (name === 'metrics.jsonl' || name === 'spec.gan' || name.startsWith('checkpoints/')) continue;
      const without = new Map(contents);
      without.delete(name);
      refused(packed(without));
    }
  });

  it('is of this format, and brings ONNX graphs alone', () => {
    assert.include(
      refused(packed(changed('model.json', (note) => ({ ...note, format: 2 })))),
      'by a later version of ganc (format 2)',
    );
    assert.include(
      refused(packed(changed('model.json', (note) => ({ ...note, kind: 'x' })))),
      "not a model's",
    );
    assert.include(
      refused(packed(changed('run.json', (info) => ({ ...info, colour: 'red' })))),
      "not a run's",
    );
    assert.include(
      refused(packed(changed('program/manifest.json', (manifest) => ({ ...manifest, target: 'tfjs' })))),
      'holds a program for tfjs',
    );
    refused(packed(changed('program/manifest.json', ({ state: _, ...manifest }) => manifest)));
  });

  it('is said by the commands in a sentence', async () => {
    const spoilt = put(bytes.subarray(0, -100));
    const commands = [
      ['sample', spoilt],
      ['convert', spoilt, '--from', 'a.wav', '--voice', 'b.wav'],
      ['eval', spoilt, '--value', 'x=G(z)', '--out', path('x.npz')],
      ['export', spoilt, 'G'],
      ['report', spoilt],
      ['run', '--resume', spoilt],
    ];
    for (const command of commands) {
      const { code, err } = await run(command);
      assert.equal(code, 2, command[0]);
      assert.match(err, /^error: .*try-\d+\.ganc: it is damaged, cut/, command[0]);
    }
    const text = write('picture.ganc', 'no archive at all, but some text that is long enough for a header');
    const { code, err } = await run(['sample', text]);
    assert.equal(code, 2);
    assert.include(err, 'neither a run directory nor a file that `ganc export --to ganc` wrote');
  });
});
