/** `ganc run FILE` and `ganc run --resume DIR`: makes or opens the run directory, trains, says what happens. */
import { resolve } from 'node:path';
import { jsonText } from '../grammar/visible.ts';
import { shellPath } from '../grammar/shell-word.ts';
import type { Manifest } from '../program/manifest.ts';
import type { OriginEntry } from '../program/stored.ts';
import { builtInfo, layoutFor, layoutOf, newRun, ownDevice } from '../runtime/run/new-run.ts';
import { withNew, withTrainable } from '../runtime/run/lock.ts';
import { removeRun } from '../runtime/run/create-run.ts';
import { appendLog } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { startTraining } from '../runtime/run/training-thread.ts';
import type { Outcome } from '../runtime/run/training.ts';
import { chooseEngine } from '../runtime/run/session.ts';
import { isProgram, readProgram } from './built.ts';
import { goalSentence, heldAgainst } from './goals.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { judgeOf, requireJudge, withJudge } from './judge.ts';
import { jsonWatcher, quietWatcher, textWatcher } from './progress.ts';
import type { Watcher } from './progress.ts';
import { noBoard, runBoard } from './run-board.ts';
import { noPage, runPage } from './run-page.ts';
import { packStreams } from './pack.ts';
import { programFor, targetCalled, targetFor } from './program.ts';
import { resumable } from './resume.ts';
import type { RunOptions } from './run-options.ts';
import { defaultThreads } from './machine.ts';
import { readSpec } from './read.ts';
import { dataFolder } from './spec.ts';
import type { Terminal } from './terminal.ts';
import { errWidth, wrapped } from './wrapped.ts';

export async function run(
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { resume } = options;
  if (resume === undefined && file === undefined)
    throw new Exit(exitCodes.usage, 'which spec? `ganc run FILE`, or `ganc run --resume DIR`');
  // What is said last is said without the lock: whoever hears it may go on at once.
  const { directory, outcome } =
    resume === undefined
      ? await begun(file!, options, terminal)
      : await withTrainable(resume, async (run) =>
          prepared(await resumable(run, file, options, terminal), options, terminal),
        );
  return ended(outcome, directory, options, terminal);
}

interface Trained {
  readonly directory: RunDirectory;
  readonly outcome: Outcome;
}

async function begun(file: string, options: RunOptions, terminal: Terminal): Promise<Trained> {
  const directory = await fresh(file, options, terminal);
  return withNew(directory, () => prepared(directory, options, terminal));
}

/** Trains a run that is locked, once it is known by what it is judged, and its rows are packed. */
async function prepared(directory: RunDirectory, options: RunOptions, terminal: Terminal): Promise<Trained> {
  requireJudge(directory, options);
  const judged = withJudge(directory, options, terminal);
  if (options.resume === undefined) sayAboutData(directory, options, terminal);
  const watcher = options.json
    ? jsonWatcher(terminal)
    : options.quiet
      ? quietWatcher
      : textWatcher(terminal, directory.manifest.updates);
  if (options.json)
    terminal.out(jsonText({ kind: 'run', path: directory.path, seed: directory.info.seed }) + '\n');
  else if (!options.quiet)
    terminal.err(`${directory.path}: ${sizes(directory.manifest)}, seed ${directory.info.seed}\n`);
  await packedFor(directory, options, terminal);
  return { directory: judged, outcome: await train(judged, options, watcher, terminal) };
}

/** Rows that are too large for memory are packed before the run begins; where that fails, a new directory goes again. */
async function packedFor(
  { path, manifest, info }: RunDirectory,
  { resume, quiet, json }: RunOptions,
  terminal: Terminal,
): Promise<void> {
  try {
    await packStreams(manifest.streams, info.folder, { always: false, quiet: quiet || json }, terminal);
  } catch (error) {
    if (resume === undefined) removeRun(path);
    throw error;
  }
}

async function fresh(file: string, options: RunOptions, terminal: Terminal): Promise<RunDirectory> {
  if (isProgram(file)) return freshFromProgram(file, options);
  const { set, profile, strict, accumulate, device = 'auto' } = options;
  const { threads = defaultThreads(), nproc: processes } = options;
  const entry = await readSpec(file, terminal);
  const target = options.target ?? (await targetFor({ device, processes }));
  if (options.target === undefined && target === 'torch' && !options.quiet && !options.json)
    terminal.err('trains with PyTorch (--target onnx does without)\n');
  const { program, engine } = await programFor(
    entry,
    { set, profile, strict, accumulate, target, device, threads, processes },
    terminal,
  );
  const { params } = program.manifest;
  const folder = resolve(dataFolder(entry));
  const { seed = 1, out = null } = options;
  const kept = { ...(accumulate !== undefined && { accumulate }), ...judgeOf(options) };
  const info = { set, profile: profile ?? null, params, folder, seed, ...kept };
  return newRun(program, engine, { ...info, device, out });
}

/** Params and target are those that it was built with. */
async function freshFromProgram(folder: string, options: RunOptions): Promise<RunDirectory> {
  const { set, profile, target, accumulate, threads = defaultThreads(), nproc } = options;
  const program = readProgram(folder);
  const { manifest } = program;
  const parts = manifest.accumulate?.parts ?? 1;
  const fixed =
    Object.keys(set).length > 0
      ? '--set'
      : profile !== undefined
        ? '--profile'
        : target !== undefined && target !== manifest.target
          ? '--target'
          : (accumulate ?? parts) !== parts
            ? '--accumulate'
            : null;
  if (fixed !== null)
    throw new Exit(
      exitCodes.usage,
      `${folder} is a built program, and ${fixed} is for building: \`ganc build ${shellPath(manifest.spec.path)} ${fixed} ...\``,
    );
  const { device = ownDevice(manifest), seed = 1, out = null } = options;
  const engine = await chooseEngine(manifest, device, threads, nproc);
  if (layoutFor(targetCalled(manifest.target), engine.device) !== layoutOf(manifest))
    throw new Exit(
      exitCodes.usage,
      `${folder} was built for another device: \`ganc build ${shellPath(manifest.spec.path)} --device ${engine.device}\``,
    );
  return newRun(program, engine, { ...builtInfo(manifest), ...judgeOf(options), seed, device, out });
}

/** What is odd about the data, about parts of minibatches, and files that a source left out: some on the terminal, all in the log. */
function sayAboutData(
  { path, info, manifest }: RunDirectory,
  { quiet, json }: RunOptions,
  terminal: Terminal,
): void {
  const sentences = [...(manifest.origins ?? []).flatMap(originSentences), ...partSentences(manifest)];
  for (const sentence of sentences) {
    appendLog(path, sentence);
    if (!quiet && !json) terminal.err(`${sentence}\n`);
  }
  for (const [name, { skipped = [], notices = [] }] of Object.entries(info.data)) {
    for (const notice of notices) {
      appendLog(path, `data ${name}: ${notice}`);
      if (!quiet && !json) terminal.err(`${wrapped(`data ${name}: ${notice}`, errWidth(terminal))}\n`);
    }
    for (const file of skipped) appendLog(path, `data ${name}: left out ${file}`);
    if (skipped.length === 0 || quiet || json) continue;
    const few = skipped.slice(0, 3).join(', ');
    const rest = skipped.length > 3 ? ` and ${skipped.length - 3} more, see log.txt` : '';
    terminal.err(`data ${name}: left out ${few}${rest}\n`);
  }
}

/** How minibatches are taken in parts. */
function partSentences({ accumulate, streams }: Manifest): string[] {
  if (accumulate === undefined) return [];
  const { parts, notices } = accumulate;
  const rows = streams.map(({ name, batch }) => `${name} ${parts} × ${batch / parts}`);
  return [`minibatches in ${parts} parts${rows.length === 0 ? '' : `: ${rows.join(', ')} rows`}`, ...notices];
}

/** Which weights a run starts with, and which of them it leaves. */
function originSentences({ path, found, notices }: OriginEntry): string[] {
  const when = found?.iteration == null ? '' : ` as they were after iteration ${found.iteration}`;
  return [`starts with weights of ${path}${when} (${found?.hash.slice(0, 12)})`, ...notices];
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
  const page = options.report ? runPage(directory) : noPage;
  const board = options.tensorboard ? runBoard(directory.path) : noBoard;
  const thread = startTraining(
    {
      path: directory.path,
      steps: options.steps ?? null,
      epochs: options.epochs ?? null,
      device: directory.info.machine.device,
      threads: directory.info.machine.threads,
      processes: directory.info.machine.processes ?? 1,
      checkpointEvery: options.checkpointEvery ?? null,
      keep: options.keep,
      health: options.health,
      lenient: options.force,
      fresh: options.resume === undefined,
      pause: 100,
    },
    (event) => {
      watcher.see(event);
      page.see(event);
      board.see(event);
    },
  );
  let asked = 0;
  const unlisten = terminal.onInterrupt((signal = 'SIGINT') => {
    // Only Ctrl-C is impatient: of a terminal that is closed the system tells and the shell does, and services are ended
    // by SIGTERM and SIGHUP. Not by ending the thread: an engine in the middle of a run takes that badly.
    if (asked++ > 0) return signal === 'SIGINT' ? terminal.die() : undefined;
    watcher.end();
    if (!options.quiet)
      terminal.err(
        'stopping after this iteration (a report is given up), with a checkpoint; again to stop at once\n',
      );
    thread.stop();
  });
  try {
    return await thread.outcome;
  } finally {
    watcher.end();
    unlisten();
    for (const problem of [await page.end(), board.end()])
      if (problem !== null && !options.quiet) terminal.err(`${problem}\n`);
  }
}

function ended(
  outcome: Outcome,
  directory: RunDirectory,
  { json, quiet }: RunOptions,
  terminal: Terminal,
): ExitCode {
  const { path } = directory;
  for (const one of outcome.kind === 'done' ? heldAgainst(directory) : []) {
    if (json) terminal.out(jsonText({ kind: 'goal', ...one }) + '\n');
    else if (!quiet) terminal.err(`${goalSentence(one)}\n`);
  }
  if (json) terminal.out(jsonText(outcome) + '\n');
  const go = `\`ganc run --resume ${shellPath(path)}\` goes on`;
  if (outcome.kind === 'stopped') {
    if (!quiet && !json) terminal.err(`${go}\n`);
    return exitCodes.interrupted;
  }
  if (outcome.kind === 'failed') {
    if (quiet || json) terminal.err(`${outcome.reason}\n`);
    return exitCodes.failed;
  }
  const more = directory.info.patience === undefined ? '' : ', a larger --patience';
  if (!quiet && !json)
    terminal.err(`${path} holds the weights, pictures and metrics; ${go} with --steps${more} or --epochs\n`);
  return exitCodes.fine;
}
