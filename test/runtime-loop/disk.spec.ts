/** What the disk refuses: a sentence each, and nothing half-written. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { writeFileAtomic, writeFolderAtomic, writeNamedFile } from '../../runtime/atomic.ts';
import { DiskError, makeFolders } from '../../runtime/disk.ts';
import { metricsFile } from '../../runtime/run/metrics-file.ts';
import { scratch } from './scratch.ts';

const { path } = scratch();

describe('what the disk refuses, and what it keeps', () => {
  it('is a sentence with the file and the reason, and leaves nothing half-written', () => {
    const folder = path('refusing');
    mkdirSync(join(folder, 'taken'), { recursive: true });
    writeFileSync(join(folder, 'file'), '');
    const said = (work: () => void): string => {
      try {
        work();
      } catch (error) {
        assert.instanceOf(error, DiskError);
        return error.message;
      }
      return 'nothing';
    };
    assert.equal(
      said(() => writeFileAtomic(join(folder, 'taken'), 'x')),
      `${folder}/taken: it is a folder, where a file is wanted`,
    );
    assert.equal(
      said(() => writeFileAtomic(join(folder, 'nowhere', 'x'), 'x')),
      `${folder}/nowhere/x: there is no such file or folder`,
    );
    assert.match(
      said(() => writeFolderAtomic(join(folder, 'file', 'x'), { a: 'b' })),
      /x: it, or what it lies in, is a file where a folder is wanted/,
    );
    assert.deepEqual(readdirSync(folder).sort(), ['file', 'taken']);
  });

  it('a file that is written anew keeps its permissions, and a link that was named leads to it', function () {
    if (process.platform === 'win32') this.skip();
    const folder = path('kept');
    mkdirSync(join(folder, 'real'), { recursive: true });
    const [file, link] = [join(folder, 'real', 'x'), join(folder, 'link')];
    symlinkSync(file, link);
    for (const mode of [0o600, 0o666, 0o755]) {
      writeFileSync(file, 'old');
      chmodSync(file, mode);
      writeNamedFile(link, `new ${mode}`);
      assert.isTrue(lstatSync(link).isSymbolicLink());
      assert.equal(readFileSync(file, 'utf8'), `new ${mode}`);
      assert.equal(statSync(file).mode & 0o777, mode);
    }
    // A link in a run directory may be a stranger's.
    writeFileAtomic(link, 'own');
    assert.isFalse(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(file, 'utf8'), `new ${0o755}`);
    assert.deepEqual(
      [readdirSync(folder).sort(), readdirSync(join(folder, 'real'))],
      [['link', 'real'], ['x']],
    );
  });

  it('metrics that cannot be written are a sentence once, however often they are closed', function () {
    if (!existsSync('/dev/full')) this.skip();
    const metrics = metricsFile('/dev/full', 0);
    metrics.append({ iteration: 1 });
    assert.throws(() => metrics.close(), DiskError, 'the disk is full');
    metrics.close();
  });

  it('is a sentence too of a folder that is a file, or that can have none in it', () => {
    const file = path('no-folder');
    writeFileSync(file, '');
    for (const place of [file, join(file, 'x', 'y')])
      assert.throws(() => makeFolders(place), DiskError, `${file}: it, or what it lies in, is a file`);
    makeFolders(path('a/b/c'));
    makeFolders(path('a/b/c'));
    assert.isTrue(existsSync(path('a/b/c')));
    assert.throws(
      () => writeFolderAtomic(path('nowhere/x'), { a: 'b' }),
      DiskError,
      `${path('nowhere/x')}: there is no such`,
    );
    // Node's own never returns from there.
    if (process.platform === 'linux') assert.throws(() => makeFolders('/proc/nothing/here'), DiskError);
  });
});
