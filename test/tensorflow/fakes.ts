/**
 * A machine for the tests of the setup: a folder of programs (pip, a compiler) that do as the test says, a wheel made
 * here, tfjs-node-gpu with one line of C++. Nothing is fetched, nothing outside a temporary folder is touched.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { after } from 'mocha';
import type { Wheel } from '../../runtime/engines/tensorflow/pins.ts';
import type { Proof, SetupOptions } from '../../setup/tensorflow/setup.ts';

/** A zip archive; every other member is deflated. */
export function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [i, [name, content]] of Object.entries(files).entries()) {
    const packed = i % 2 === 0 ? deflateRawSync(content) : content;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(i % 2 === 0 ? 8 : 0, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((name.includes('/bin/') ? 0o755 : 0o644) << 16) >>> 0, 6);
    tail.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, listed, end]);
}

/** What the fake pip and compiler do: as they should, or not. */
export interface Behaviour {
  readonly pip?: 'works' | 'missing' | 'fails' | 'hangs';
  readonly compiler?: 'works' | 'missing' | 'fails';
}

export interface FakeMachine {
  readonly cache: string;
  /** The folder of the package tfjs-node-gpu. */
  readonly source: string;
  readonly wheel: Wheel;
  /** How often pip was asked for the wheel. */
  downloads(): number;
  /** Process ids of pips that were started to download. */
  pids(): number[];
  /** What is in the cache, hidden files too. */
  left(): string[];
  options(behaviour?: Behaviour, changed?: Partial<SetupOptions>): SetupOptions;
}

export const proof: Proof = { tensorflow: '2.21.0', cuda: false, losses: [2, 1] };

export function fakeMachine(): FakeMachine {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-setup-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const [cache, source, archive, log] = ['cache', 'tfjs-node-gpu', 'fake.whl', 'downloads'].map((name) =>
    join(folder, name),
  );
  for (const made of [cache, source, join(source, 'binding')]) mkdirSync(made);
  writeFileSync(join(source, 'package.json'), JSON.stringify({ version: '4.22.0' }));
  writeFileSync(join(source, 'binding', 'tfjs_binding.cc'), '// C++');
  const content = zip(members);
  writeFileSync(archive, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const wheel = { name: 'tensorflow-cpu', version: '2.21.0', sha256, size: content.length };
  // Between its creation and the first line the file is there, and empty.
  const asked = (): string[] =>
    existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
  return {
    cache,
    source,
    wheel,
    downloads: () => asked().length,
    pids: () => asked().map(Number),
    left: () => readdirSync(cache),
    options: (behaviour = {}, changed = {}) => ({
      variant: 'cpu',
      force: false,
      say: () => undefined,
      env: { PATH: programs(folder, archive, log, behaviour) },
      cache,
      source,
      wheels: [wheel],
      prove: async () => proof,
      ...changed,
    }),
  };
}

/** As a wheel of TensorFlow is laid out, with more than is wanted. */
const members: Readonly<Record<string, Buffer>> = {
  'tensorflow/libtensorflow_cc.so.2': Buffer.alloc(300_000, 'library'),
  'tensorflow/libtensorflow_framework.so.2': Buffer.alloc(1000, 'framework'),
  'tensorflow/include/tensorflow/c/c_api.h': Buffer.from('// the C API'),
  'tensorflow/include/tensorflow/c/empty.h': Buffer.alloc(0),
  'tensorflow/python/unwanted.so': Buffer.alloc(10),
  'nvidia/cuda_nvcc/bin/ptxas': Buffer.from('#!'),
  'nvidia/cudnn/lib/libcudnn.so.9': Buffer.alloc(20, 'cudnn'),
};

/** A folder for PATH. */
function programs(
  folder: string,
  archive: string,
  log: string,
  { pip = 'works', compiler = 'works' }: Behaviour,
): string {
  const path = mkdtempSync(join(folder, 'path-'));
  const program = (name: string, body: string): void => {
    writeFileSync(
      join(path, name),
      `#!${process.execPath}\n'use strict';\nconst fs = require('node:fs');\nconst args = process.argv.slice(2);\n${body}\n`,
    );
    chmodSync(join(path, name), 0o755);
  };
  const end = {
    works: `fs.copyFileSync(${JSON.stringify(archive)}, args[args.indexOf('--dest') + 1] + '/fake.whl');`,
    fails: `console.error('ERROR: No matching distribution found'); process.exit(1);`,
    hangs: `fs.writeFileSync(args[args.indexOf('--dest') + 1] + '/half.whl', 'half'); setInterval(() => {}, 1000);`,
  };
  if (pip !== 'missing')
    program(
      'pip3',
      `if (args[0] === '--version') console.log('pip 99'); else { fs.appendFileSync(${JSON.stringify(log)}, process.pid + '\\n'); ${end[pip]} }`,
    );
  const compile = {
    works: `const include = args[args.indexOf('-I') + 1]; if (!fs.existsSync(include + '/tensorflow/c/c_api.h')) process.exit(1); fs.writeFileSync(args[args.indexOf('-o') + 1], 'binding');`,
    fails: `console.error('x.cc:1:1: error: this is not C++'); process.exit(1);`,
  };
  if (compiler !== 'missing')
    program('g++', `if (args[0] === '--version') console.log('g++ 99'); else { ${compile[compiler]} }`);
  return path;
}

/** Whether a file may be executed. */
export const executable = (file: string): boolean => (statSync(file).mode & 0o100) !== 0;
