/**
 * The six systems as model files, for a release: `npx tsx bench/release.ts [--out release] [--runs DIR] [--only vae_gan,bigan]
 * [--profile NAME] [--seed N] [--threads N]`. Trains each by its shipped spec, or takes the newest run of it that lies in DIR, and writes `NAME.ganc`
 * from the newest checkpoint, a table of sizes and of what the reports said (README.md), and SHA256SUMS. Given again it goes on:
 * runs that are done stay, one that was stopped is resumed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { metricsLines } from '../page/metrics-lines.ts';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { inside, openRun, type RunDirectory } from '../runtime/run/run-directory.ts';

/** By the names of their specs. */
const systems = [
  ['infogan', 'InfoGAN'],
  ['vae_gan', 'VAE-GAN'],
  ['bigan', 'BiGAN'],
  ['triple_gan', 'Triple GAN'],
  ['domain_adversarial', 'Domain-adversarial training'],
  ['voice_disentangle', 'Voice disentanglement'],
] as const;

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'release' },
    runs: { type: 'string' },
    only: { type: 'string' },
    profile: { type: 'string' },
    seed: { type: 'string' },
    threads: { type: 'string' },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));

/** A command of ganc's; what it says is shown, what it gives comes back. */
function ganc(...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bin', 'ganc.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ganc ${args.join(' ')} ended with ${status}`);
  return stdout;
}

/** The newest run of the spec in the folder, among it and the folders in it. */
function newestRun(folder: string, name: string): string {
  const places = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'run.json')
    .map((entry) => entry.parentPath);
  const fitting = places.filter((place) => basename(openRun(place).manifest.spec.path) === `${name}.gan`);
  const written = (place: string): number => statSync(inside(place).metrics).mtimeMs;
  const [newest] = fitting.sort((a, b) => written(b) - written(a));
  if (newest === undefined)
    throw new Error(`${folder} has no run of ${name}.gan: train it, or leave it out with --only`);
  return newest;
}

/** Trains to the end of what the spec asks for, from where an earlier call left it. */
function trainedRun(name: string): string {
  const { out, profile, seed, threads } = options;
  const place = join(out, 'runs', name);
  const given = Object.entries({ profile, seed, threads }).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}`, value],
  );
  if (!existsSync(place)) ganc('run', join(root, 'specs', `${name}.gan`), ...given, '--out', place);
  else if (!isDone(place)) ganc('run', '--resume', place);
  return place;
}

const isDone = (run: string): boolean => /^done after/m.test(readFileSync(inside(run).log, 'utf8'));

interface Exported {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly iteration: number;
}

/** What metrics said last, up to the checkpoint: those of the model file, which has no later ones. */
function figures({ path }: RunDirectory): string {
  const { metrics } = metricsLines(inside(path).metrics)();
  const last = [...metrics].flatMap(([name, values]) => {
    const value = values.at(-1)?.[1];
    return value === undefined ? [] : [`${name} ${Number(value.toPrecision(4))}`];
  });
  return last.join(', ') || '–';
}

const size = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;

function row(title: string, { path, bytes, iteration }: Exported): string {
  const run = openRun(path);
  const { manifest, info } = run;
  const weights = manifest.networks.reduce((sum, network) => sum + network.weights, 0);
  const how = [...(info.profile === null ? [] : [`profile ${info.profile}`]), `seed ${info.seed}`].join(', ');
  const cells = [title, `\`${basename(path)}\``, size(bytes), weights.toLocaleString('en'), how];
  return `| ${[...cells, iteration.toLocaleString('en'), figures(run)].join(' | ')} |`;
}

const chosen = options.only?.split(',') ?? systems.map(([name]) => name);
const unknown = chosen.filter((name) => systems.every(([known]) => known !== name));
if (unknown.length > 0)
  throw new Error(`there is no system ${unknown.join(', ')}: ${systems.map(([name]) => name).join(', ')}`);

mkdirSync(options.out, { recursive: true });
const made = systems
  .filter(([name]) => chosen.includes(name))
  .map(([name, title]) => {
    const run = options.runs === undefined ? trainedRun(name) : newestRun(options.runs, name);
    const file = join(options.out, `${name}.ganc`);
    const said = ganc('export', run, '--to', 'ganc', '--out', file, '--force', '--json');
    return { title, file: JSON.parse(said) as Exported };
  });
const table = `| system | file | size | weights | trained with | iteration | what its reports said |
|---|---|---|---|---|---|---|
${made.map(({ title, file }) => row(title, file)).join('\n')}
`;
const about = `# Trained models

\`ganc sample FILE\`, \`ganc convert FILE\`, \`ganc eval FILE\`, \`ganc export FILE NETWORK\` and \`initialize ... from "FILE"\` take these files
in the place of a run. \`sha256sum -c SHA256SUMS\` says whether they are whole.

${table}`;
writeFileAtomic(join(options.out, 'README.md'), about);
writeFileAtomic(
  join(options.out, 'SHA256SUMS'),
  made.map(({ file }) => `${file.sha256}  ${basename(file.path)}\n`).join(''),
);
console.log(table);
