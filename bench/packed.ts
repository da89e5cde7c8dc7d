/**
 * A set that is larger than what may be held, against a thousand of its rows in memory: `npx tsx bench/packed.ts
 * [--rows 21000] [--side 256] [--folder F] [--rounds 3]`. Makes JPEGs, packs them with `ganc data pack`, trains one spec on
 * both with `ganc run`, kills a run with -9 and resumes it. Prints peak memory, iterations a second (and of processor time),
 * and whether weights are the same to the bit. The folder is removed at the end. For Linux: memory is read from /proc.
 */
import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { peakIn } from '../cli/peak.ts';
import sharp from 'sharp';
import { newestCheckpoint } from '../runtime/run/checkpoint.ts';
import { inside } from '../runtime/run/run-directory.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '21000' },
    side: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '120' },
    folder: { type: 'string' },
  },
});
const [rows, side, rounds, steps] = [values.rows, values.side, values.rounds, values.steps].map(Number);
/** Rows of the set that fits. */
const few = 1000;
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'ganc-packed-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Smooth pictures, `few` different ones; the rest are the same under other names. */
async function makePictures(): Promise<void> {
  let seed = 1;
  const noise = (): number => (seed = (seed * 16807) % 2147483647) % 256;
  for (const name of ['few', 'all']) mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < few; i++) {
    const raw = Buffer.from(Array.from({ length: 3 * 16 * 16 }, noise));
    const place = join(folder, 'few', `${i}.jpg`);
    await sharp(raw, { raw: { width: 16, height: 16, channels: 3 } })
      .resize(side, side)
      .jpeg()
      .toFile(place);
  }
  for (let i = 0; i < rows; i++)
    linkSync(join(folder, 'few', `${i % few}.jpg`), join(folder, 'all', `${i}.jpg`));
}

const specOf = (name: string): string => `data d = images("${name}/*.jpg", size: ${side}) in [-1, 1]
network D(x: image[3, ${side}, ${side}]) -> logit {
  x |> conv(16, kernel: 4, stride: 4) |> leaky_relu |> conv(32, kernel: 4, stride: 2) |> leaky_relu
    |> conv(1, kernel: 4, stride: 4) |> flatten |> dense(1)
}
train for 100000 steps, batch 16 { update D to minimize bce(D(d.image), 1) with adam(1e-4) }
`;

interface Ran {
  /** MiB at the most. */
  readonly peak: number;
  readonly wallSeconds: number;
  /** Iterations a second of wall time, after the first tenth. */
  readonly speed: number;
  /** Milliseconds of the processor's time for an iteration, all threads. */
  readonly processor: number;
}

interface Point {
  readonly iteration: number;
  readonly at: number;
  readonly processor: number;
}

/** Milliseconds of the processor's time that a process has had. */
function processorOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Runs `ganc ...`; `killAt`: with -9, as soon as that iteration has a checkpoint. Throws where it fails otherwise. */
async function ganc(args: readonly string[], killAt?: number): Promise<Ran> {
  const begun = performance.now();
  const env = { ...process.env, GANC_CACHE: join(folder, 'cache'), GANC_DATA_MEMORY: String(packedFrom) };
  const child = spawn(process.execPath, [join(root, 'bin', 'ganc.js'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  let peak = 0;
  const look = setInterval(() => {
    const bytes = peakIn(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? 0;
    peak = Math.max(peak, bytes / 2 ** 20);
  }, 100);
  const points: Point[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const [, kind, text] = /^\{"kind":"(iteration|checkpoint)","iteration":(\d+)/.exec(line) ?? [];
    const iteration = Number(text);
    if (kind === 'iteration' && pid !== undefined)
      points.push({ iteration, at: performance.now(), processor: processorOf(pid) });
    if (kind === 'checkpoint' && iteration === killAt) child.kill('SIGKILL');
  });
  const code = await new Promise((done) => child.on('close', done));
  clearInterval(look);
  if (code !== 0 && killAt === undefined)
    throw new Error(`ganc ${args.join(' ')} ended with ${String(code)}`);
  return { peak, wallSeconds: (performance.now() - begun) / 1000, ...ratesOf(points) };
}

/** Records of so many MB are packed: between the thousand rows and all of them. */
const packedFrom = (3 * side * side * Math.sqrt(few * rows)) / 1e6;

function ratesOf(points: readonly Point[]): Pick<Ran, 'speed' | 'processor'> {
  const warm = points.filter(({ iteration }) => iteration > steps / 10);
  const [first, last] = [warm[0], warm.at(-1)!];
  if (warm.length < 2) return { speed: NaN, processor: NaN };
  const done = last.iteration - first.iteration;
  return {
    speed: (1000 * done) / (last.at - first.at),
    processor: (last.processor - first.processor) / done,
  };
}

const train = (name: string, out: string, until = steps, killAt?: number): Promise<Ran> =>
  ganc(
    ['run', join(folder, `${name}.gan`), '--out', join(folder, out), '--json', '--threads', '1'].concat([
      '--steps',
      String(until),
      '--checkpoint-every',
      '20',
      '--no-report',
      '--no-health',
    ]),
    killAt,
  );

const said = (text: string): void => void process.stdout.write(`${text}\n`);
const load = (): string => `load average ${loadavg()[0].toFixed(1)}`;
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1];

async function measure(): Promise<void> {
  const took: Record<string, Ran[]> = { few: [], all: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of ['few', 'all']) took[name].push(await train(name, `${name}-${round}`));
  for (const [name, list] of Object.entries(took)) {
    const [peak, speed, processor] = (['peak', 'speed', 'processor'] as const).map((key) =>
      median(list.map((ran) => ran[key])),
    );
    const speeds = list.map((ran) => ran.speed.toFixed(2)).join(', ');
    said(
      `${name === 'few' ? `${few} rows in memory` : `${rows} rows, packed`}: peak ${peak.toFixed(0)} MiB, ` +
        `${speed.toFixed(2)} iterations/s (${speeds}), ${processor.toFixed(0)} ms of processor time each`,
    );
  }
  const [a, b] = ['few', 'all'].map((name) => median(took[name].map((ran) => ran.peak)));
  said(`memory: ${(b - a).toFixed(0)} MiB more (goal: at most 200); ${load()}`);
}

/** Killed after 40 iterations, resumed to 60, against the same never killed. */
async function killed(): Promise<boolean> {
  await train('all', 'killed', 100_000, 40);
  await ganc(['run', '--resume', join(folder, 'killed'), '--steps', '60', '--json']);
  await train('all', 'whole', 60);
  const [one, two] = ['killed', 'whole'].map((out) => {
    const { position, values } = newestCheckpoint(inside(join(folder, out)).checkpoints)!;
    const numbers = Object.values(values).flatMap(({ data }) => [...data]);
    return JSON.stringify([position, numbers]);
  });
  return one === two;
}

said(
  `${rows} rows of ${side} × ${side} colours: ${((3 * side * side * rows) / 1e9).toFixed(2)} GB; ${load()}`,
);
await makePictures();
for (const name of ['few', 'all']) writeFileSync(join(folder, `${name}.gan`), specOf(name));
const packing = await ganc(['data', 'pack', join(folder, 'all.gan')]);
said(`packed in ${packing.wallSeconds.toFixed(0)} s, peak ${packing.peak.toFixed(0)} MiB; ${load()}`);
await measure();
said(`killed with -9 and resumed: ${(await killed()) ? 'the same to the bit' : 'OTHER WEIGHTS'}; ${load()}`);
