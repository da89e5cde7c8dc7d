/**
 * Data sets that are not in an npm package, from Debian's: `npm run data -- fashion-mnist` or `uci-digits`. In: the name
 * of a set; out: its files in data/<name>/, which git ignores. Needs apt-get and dpkg-deb, so Debian or one of its
 * children; where they are missing, it says where the files can come from instead. Nothing is installed.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { uciDigits } from './uci-digits.ts';

interface Set {
  /** Debian's package. */
  readonly package: string;
  /** Where else the files are. */
  readonly elsewhere: string;
  /** Writes the set's files to `to`, from the unpacked package. */
  write(from: string, to: string): void;
}

const idxFiles = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
  (stem) => `${stem}-ubyte.gz`,
);

const sets: Readonly<Record<string, Set>> = {
  'fashion-mnist': {
    package: 'dataset-fashion-mnist',
    elsewhere: `put ${idxFiles.join(', ')} of Fashion-MNIST (Xiao, Rasul & Vollgraf 2017) there`,
    write(from, to) {
      for (const file of idxFiles)
        copyFileSync(join(from, 'usr/share/datasets/fashion-mnist', file), join(to, file));
    },
  },
  'uci-digits': {
    package: 'python3-sklearn',
    elsewhere:
      "make images.idx and labels.idx there of scikit-learn's digits.csv.gz, as setup/data/uci-digits.ts does",
    write(from, to) {
      const csv = join(from, 'usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz');
      const { images, labels } = uciDigits(gunzipSync(readFileSync(csv)).toString('latin1'));
      writeFileSync(join(to, 'images.idx'), images);
      writeFileSync(join(to, 'labels.idx'), labels);
    },
  },
};

/** Downloads the package to a temporary folder and unpacks it there; hands the folder to `use`. */
function unpacked(name: string, use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-data-'));
  try {
    execFileSync('apt-get', ['download', name], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    const deb = readdirSync(folder).find((file) => file.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt-get download ${name} left no .deb`);
    execFileSync('dpkg-deb', ['-x', join(folder, deb), folder]);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exit code: 0, or 1 with a sentence on the error output. */
function fetchSet(name: string): number {
  const set = sets[name];
  if (set === undefined) {
    console.error(`data: there is no set ${name}; there are ${Object.keys(sets).join(', ')}`);
    return 1;
  }
  const to = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'data', name);
  if (existsSync(to)) {
    console.error(`data: ${to} is there already; delete it to fetch it anew`);
    return 0;
  }
  try {
    unpacked(set.package, (from) => {
      mkdirSync(to, { recursive: true });
      set.write(from, to);
    });
  } catch (error) {
    rmSync(to, { recursive: true, force: true });
    console.error(`data: ${(error as Error).message}`);
    console.error(
      `data: without Debian's package ${set.package}, make the folder ${to} and ${set.elsewhere}`,
    );
    return 1;
  }
  console.error(`data: ${name} is in data/${name}`);
  return 0;
}

process.exitCode = fetchSet(process.argv[2] ?? '');
