// A disk that refuses: loaded into a process before ganc (`--import`), and into its threads. In: GANC_REFUSES, JSON
// { call, name, nth, code }; the nth `call` on a path that `name` (a regular expression) matches fails with `code`. Where
// the disk is full, so does every later one that needs room; a write comes half to the disk first, as there.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { getSystemErrorMap } from 'node:util';

const { call, name, nth, code } = JSON.parse(process.env.GANC_REFUSES);
const pattern = new RegExp(name);
const number = [...getSystemErrorMap()].find(([, [known]]) => known === code)[0];
const paths = new Map();
let [count, full] = [0, false];

/** As Node's: errors of an open file have no path. */
function refusal(syscall, path) {
  const where = path === undefined ? '' : ` '${path}'`;
  const error = new Error(`${code}: refused by the test, ${syscall}${where}`);
  return Object.assign(error, { errno: number, code, syscall, ...(path === undefined ? {} : { path }) });
}

/** Whether this call is the one, or comes after it on a full disk. */
function refused(what, path) {
  if (what === call && pattern.test(path) && ++count === nth) {
    full = code === 'ENOSPC';
    return true;
  }
  return full && what !== 'fsyncSync' && what !== 'renameSync';
}

const { openSync, writeSync, fsyncSync, renameSync } = fs;
fs.openSync = (path, flags, ...rest) => {
  if (typeof flags === 'string' && flags !== 'r' && refused('openSync', String(path)))
    throw refusal('open', path);
  const file = openSync(path, flags, ...rest);
  paths.set(file, String(path));
  return file;
};
fs.writeSync = (file, bytes, at = 0, length = bytes.length - at, ...rest) => {
  if (!paths.has(file)) return writeSync(file, bytes, at, length, ...rest);
  const before = full;
  if (!refused('writeSync', paths.get(file))) return writeSync(file, bytes, at, length, ...rest);
  if (before || length < 2) throw refusal('write');
  if (code === 'ENOSPC') return writeSync(file, bytes, at, length >> 1, ...rest);
  throw refusal('write');
};
fs.fsyncSync = (file) => {
  if (refused('fsyncSync', paths.get(file) ?? '')) throw refusal('fsync');
  return fsyncSync(file);
};
fs.renameSync = (from, to) => {
  if (refused('renameSync', String(to))) throw refusal('rename', from);
  return renameSync(from, to);
};
for (const [what, syscall] of [
  ['writeFileSync', 'open'],
  ['appendFileSync', 'open'],
  ['mkdirSync', 'mkdir'],
]) {
  const real = fs[what];
  fs[what] = (path, ...rest) => {
    // What is there already needs no room.
    if (!(what === 'mkdirSync' && fs.existsSync(path)) && refused(what, String(path)))
      throw refusal(syscall, path);
    return real(path, ...rest);
  };
}
syncBuiltinESMExports();
