/**
 * Fetches a pinned wheel by pip (which knows the person's mirrors, proxies and certificates), checks its hash, and
 * takes TensorFlow's libraries and headers, or NVIDIA's libraries, out of it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pipTags } from '../../runtime/engines/tensorflow/pins.ts';
import type { Wheel } from '../../runtime/engines/tensorflow/pins.ts';
import { complaint, runProgram } from '../../runtime/engines/programs.ts';
import type { Running } from '../../runtime/engines/programs.ts';
import { SetupError } from '../setup-error.ts';
import { unzip } from './unzip.ts';

/** libtensorflow, the C API's headers and those that they include, NVIDIA's libraries and its assembler. */
const wanted = new RegExp(
  [
    '^tensorflow/libtensorflow_(cc|framework)\\.so\\.2$',
    '^tensorflow/include/(tensorflow/c|tensorflow/core/platform|tsl/platform|xla/tsl/c)/.*\\.h$',
    '^nvidia/[^/]+/lib/[^/]+\\.so(\\.\\d+)*$',
    '^nvidia/cuda_nvcc/(bin/ptxas|nvvm/libdevice/.*)$',
  ].join('|'),
);

/** Leaves what is wanted of the wheel under `folder`, as a Python installation would have it. */
export async function unpackWheel(
  wheel: Wheel,
  pip: readonly string[],
  folder: string,
  running: Running,
): Promise<void> {
  const downloads = join(folder, 'downloads');
  mkdirSync(downloads, { recursive: true });
  const file = await download(wheel, pip, downloads, running);
  const hash = await sha256(file, running.signal);
  if (hash !== wheel.sha256) {
    throw new SetupError(
      `the wheel of ${wheel.name} ${wheel.version} is not the one that ganc knows: its sha256 is ${hash}, not ` +
        `${wheel.sha256}. Nothing was installed. \`pip cache purge\` helps against a damaged download; if it stays so, mistrust the mirror`,
    );
  }
  const count = await unzip(file, folder, wanted, running.signal);
  if (count === 0) throw new SetupError(`the wheel of ${wheel.name} ${wheel.version} holds no library`);
  rmSync(downloads, { recursive: true });
}

async function download(
  { name, version }: Wheel,
  pip: readonly string[],
  folder: string,
  running: Running,
): Promise<string> {
  const { code, said } = await runProgram(
    [
      ...pip,
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      ...pipTags,
      '--dest',
      folder,
      `${name}==${version}`,
    ],
    running,
  );
  const [file] = readdirSync(folder).filter((entry) => entry.endsWith('.whl'));
  if (code === 0 && file !== undefined) return join(folder, file);
  throw new SetupError(
    `pip could not fetch ${name} ${version}:\n  ${complaint(said)}\n` +
      'It needs a way to a Python package index (PIP_INDEX_URL, PIP_FIND_LINKS for a folder of wheels), and pip 20.3 or newer',
  );
}

async function sha256(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}
