/**
 * How long a command takes from the shell's point of view: `npx tsx bench/startup.ts [--rounds 20]`. In each round every
 * command has a turn, in random order, as a process of its own, with `node -e 0` among them; then a profile says where
 * the milliseconds of `check` go. Prints the tables of RESULTS.md. Needs bash, whose `time` knows a process's CPU time.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, spread } from './rounds.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'bin', 'ganc.js');
const infogan = join(root, 'specs', 'infogan.gan');
const specs = readdirSync(join(root, 'specs'))
  .filter((name) => name.endsWith('.gan'))
  .map((name) => join(root, 'specs', name));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const folder = mkdtempSync(join(tmpdir(), 'ganc-startup-'));
const filled = join(folder, 'filled');

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  /** Milliseconds that it may take beyond `node -e 0`; null: the peer itself. */
  readonly goal: number | null;
  /** Over when this stands on the standard output; else when the process ends. */
  readonly until?: string;
}

const commands: readonly Command[] = [
  { name: 'node -e 0', args: ['-e', '0'], goal: null },
  { name: 'ganc --help', args: [bin, '--help'], goal: 60 },
  { name: 'ganc check specs/infogan.gan', args: [bin, 'check', infogan], goal: 200 },
  { name: `ganc check, all ${specs.length} specs`, args: [bin, 'check', ...specs], goal: 1000 },
  {
    name: 'ganc build specs/infogan.gan',
    args: [bin, 'build', infogan, '--out', join(folder, 'built')],
    goal: 800,
  },
  {
    name: 'ganc run, to its first iteration',
    args: [bin, 'run', infogan, '--json', '--steps', '1', '--device', 'cpu'],
    goal: 2000,
    until: '"kind":"iteration"',
  },
];

interface Taken {
  readonly wall: number;
  /** User and system time; null where the process was not awaited. */
  readonly cpu: number | null;
}

/** One turn; `cache`: the folder of ganc's caches. */
function timed({ args }: Command, cache: string): Taken {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2>&1';
  const env = { ...process.env, GANC_CACHE: cache };
  const { stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
    env,
  });
  const [wall, user, system] = stderr
    .trim()
    .split(' ')
    .map((seconds) => 1000 * Number(seconds));
  return { wall, cpu: user + system };
}

/** The time until a text appears; what comes after isn't waited for. */
async function until({ args, until: text = '' }: Command, cache: string): Promise<Taken> {
  const out = mkdtempSync(join(folder, 'run-'));
  const begun = performance.now();
  const child = spawn(process.execPath, [...args, '--out', join(out, 'run')], {
    env: { ...process.env, GANC_CACHE: cache },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  const wall = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.includes(text)) resolve(performance.now() - begun);
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${text} never came`)));
  });
  await ended;
  rmSync(out, { recursive: true });
  return { wall, cpu: null };
}

const turn = async (command: Command, cache: string): Promise<Taken> =>
  command.until === undefined ? timed(command, cache) : until(command, cache);

const turns = new Map<string, Taken[]>();

async function take(command: Command, cache: string, empty: boolean): Promise<number> {
  const taken = await turn(command, cache);
  const key = `${command.name}${empty ? ' empty' : ''}`;
  turns.set(key, [...(turns.get(key) ?? []), taken]);
  return taken.wall;
}

const contenders = commands.flatMap((command) => [
  { name: command.name, turn: () => take(command, filled, false) },
  ...(command.goal === null
    ? []
    : [
        {
          name: `${command.name} empty`,
          turn: () => take(command, mkdtempSync(join(folder, 'empty-')), true),
        },
      ]),
]);
for (const command of commands) await turn(command, filled);
await measure(contenders, Number(values.rounds), (round) =>
  process.stderr.write(`\r${round} of ${values.rounds}`),
);
process.stderr.write('\n');

/** The median, over the rounds, of a command's time less that of `node -e 0`. */
function beyond(key: string, what: keyof Taken): string {
  const bare = turns.get(commands[0].name)!;
  const own = turns.get(key)!;
  const differences = own.flatMap((taken, i) => {
    const [time, base] = [taken[what], bare[i][what]];
    return time === null || base === null ? [] : [time - base];
  });
  return differences.length === 0 ? '' : spread(differences).median.toFixed(0);
}

const bare = turns.get(commands[0].name)!;
const median = (numbers: readonly number[]): string => spread(numbers).median.toFixed(0);
console.log(
  `\`node -e 0\`: ${median(bare.map(({ wall }) => wall))} ms, of them ${median(bare.map(({ cpu }) => cpu ?? 0))} of CPU time. Beyond it, in the same rounds, medians:\n`,
);
console.log(
  '| | goal, ms | filled cache | its CPU time | empty cache | its CPU time |\n| --- | --- | --- | --- | --- | --- |',
);
for (const { name, goal } of commands) {
  if (goal === null) continue;
  const cells = [
    name,
    goal,
    beyond(name, 'wall'),
    beyond(name, 'cpu'),
    beyond(`${name} empty`, 'wall'),
    beyond(`${name} empty`, 'cpu'),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

// ---------------------------------------------------------------- where it goes

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** esbuild writes each module's path above it. */
function places(): (line: number) => string {
  const lines = readFileSync(join(root, 'dist', 'cli.cjs'), 'utf8').split('\n');
  let current = 'the script itself';
  const of = lines.map((line) => {
    const path = /^\/\/ (\S+\.\w?[jt]s)$/.exec(line)?.[1];
    if (path !== undefined)
      current =
        /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0].replace('node_modules/', 'package ') ??
        dirname(path);
    return current;
  });
  return (line) => of[line] ?? 'the script itself';
}

function whereItGoes(command: Command): void {
  const out = mkdtempSync(join(folder, 'profile-'));
  const args = ['--cpu-prof', '--cpu-prof-interval', '100', '--cpu-prof-dir', out, ...command.args];
  spawnSync(process.execPath, args, { env: { ...process.env, GANC_CACHE: filled } });
  const profile = JSON.parse(readFileSync(join(out, readdirSync(out)[0]), 'utf8')) as Profile;
  const placeOf = places();
  const named = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      if (url.endsWith('cli.cjs')) return [id, placeOf(lineNumber)] as const;
      if (functionName.startsWith('(')) return [id, functionName] as const;
      return [id, url.startsWith('file:') ? 'start.js and fresh.js' : 'Node itself'] as const;
    }),
  );
  const sums = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const name = named.get(id)!;
    sums.set(name, (sums.get(name) ?? 0) + profile.timeDeltas[i] / 1000);
  });
  const rows = [...sums].filter(([, time]) => time >= 1).sort((a, b) => b[1] - a[1]);
  console.log(
    `\nWhere \`${command.name}\` spends its milliseconds, under the profiler:\n\n| | ms |\n| --- | --- |`,
  );
  for (const [name, time] of rows) console.log(`| ${name} | ${time.toFixed(1)} |`);
}

whereItGoes(commands[2]);
rmSync(folder, { recursive: true });
