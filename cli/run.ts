/** `ganc run FILE` and `ganc run --resume DIR`: makes or opens the run directory, trains, says what happens. */
import { resolve } from 'node:path';
import type { Manifest } from '../compiler/program/manifest.ts';
import { appendLog, createRun } from '../runtime/run-directory.ts';
import type { RunDirectory, RunInfo } from '../runtime/run-directory.ts';
import { startTraining } from '../runtime/training-thread.ts';
import type { Outcome } from '../runtime/training.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { jsonWatcher, quietWatcher, textWatcher } from './progress.ts';
import type { Watcher } from './progress.ts';
import { resumable } from './resume.ts';
import { defaultThreads, machineFor } from './machine.ts';
import { readSpec } from './read.ts';
import { compileSpec, dataFolder, described } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface RunOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly seed?: number;
  readonly device: string;
  readonly epochs?: number;
  readonly steps?: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly out?: string;
  readonly resume?: string;
  readonly force: boolean;
  readonly checkpointEvery?: number;
  readonly keep: number;
  readonly threads?: number;
}

export async function run(
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { resume } = options;
  if (resume === undefined && file === undefined)
    throw new Exit(exitCodes.usage, 'which spec? `ganc run FILE`, or `ganc run --resume DIR`');
  const directory =
    resume === undefined
      ? await fresh(file!, options, terminal)
      : await resumable(resume, file, options, terminal);
  const watcher = options.json ? jsonWatcher(terminal) : options.quiet ? quietWatcher : textWatcher(terminal);
  if (options.json)
    terminal.out(JSON.stringify({ kind: 'run', path: directory.path, seed: directory.info.seed }) + '\n');
  else if (!options.quiet)
    terminal.err(`${directory.path}: ${sizes(directory.manifest)}, seed ${directory.info.seed}\n`);
  return ended(await train(directory, options, watcher, terminal), directory, options, terminal);
}

async function fresh(file: string, options: RunOptions, terminal: Terminal): Promise<RunDirectory> {
  const { set, profile, device, threads } = options;
  const machine = machineFor(device, threads ?? defaultThreads());
  const entry = await readSpec(file, terminal);
  const { manifest, files } = compileSpec(entry, { set, profile, target: 'onnx' }, terminal);
  const info: RunInfo = {
    format: 1, seed: options.seed ?? 1, set, profile: profile ?? null, params: manifest.params, device,
    folder: resolve(dataFolder(entry)), data: described(manifest), machine,
  }; // prettier-ignore
  const directory = createRun(options.out ?? null, manifest, files, info);
  saySkipped(directory, options, terminal);
  return directory;
}

/** Files that a source left out: some on the terminal, all in the log. */
function saySkipped({ path, info }: RunDirectory, { quiet, json }: RunOptions, terminal: Terminal): void {
  for (const [name, { skipped = [] }] of Object.entries(info.data)) {
    for (const file of skipped) appendLog(path, `data ${name}: left out ${file}`);
    if (skipped.length === 0 || quiet || json) continue;
    const few = skipped.slice(0, 3).join(', ');
    const rest = skipped.length > 3 ? ` and ${skipped.length - 3} more, see log.txt` : '';
    terminal.err(`data ${name}: left out ${few}${rest}\n`);
  }
}

function sizes({ name, networks, bytes, profile }: Manifest): string {
  const weights = networks.reduce((sum, network) => sum + network.weights, 0);
  const memory = (bytes.weights + bytes.optimizer + bytes.activations) / 2 ** 20;
  const profiled = profile === null ? '' : ` (${profile})`;
  return `${name}${profiled}, ${weights.toLocaleString('en')} weights in ${networks.map((n) => n.name).join(', ')}, about ${Math.ceil(memory)} MiB`;
}

async function train(
  directory: RunDirectory,
  options: RunOptions,
  watcher: Watcher,
  terminal: Terminal,
): Promise<Outcome> {
  const thread = startTraining(
    {
      path: directory.path,
      steps: options.steps ?? null,
      epochs: options.epochs ?? null,
      threads: directory.info.machine.threads,
      checkpointEvery: options.checkpointEvery ?? null,
      keep: options.keep,
      lenient: options.force,
    },
    (event) => watcher.see(event),
  );
  let asked = 0;
  const unlisten = terminal.onInterrupt(() => {
    // Not by ending the thread: an engine in the middle of a run takes that badly.
    if (asked++ > 0) return terminal.die();
    watcher.end();
    if (!options.quiet)
      terminal.err('stopping after this iteration, with a checkpoint; again to stop at once\n');
    thread.stop();
  });
  try {
    return await thread.outcome;
  } finally {
    watcher.end();
    unlisten();
  }
}

function ended(
  outcome: Outcome,
  { path }: RunDirectory,
  { json, quiet }: RunOptions,
  terminal: Terminal,
): ExitCode {
  if (json) terminal.out(JSON.stringify(outcome) + '\n');
  const go = `\`ganc run --resume ${path}\` goes on`;
  if (outcome.kind === 'stopped') {
    if (!quiet && !json) terminal.err(`${go}\n`);
    return exitCodes.interrupted;
  }
  if (outcome.kind === 'failed') {
    if (quiet || json) terminal.err(`${outcome.reason}\n`);
    return exitCodes.failed;
  }
  if (!quiet && !json)
    terminal.err(`${path} holds the weights, pictures and metrics; ${go} with --steps or --epochs\n`);
  return exitCodes.fine;
}
