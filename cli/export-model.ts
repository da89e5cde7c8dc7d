/**
 * `ganc export RUN --to ganc`: a trained run as one file, which `sample`, `convert`, `eval`, `export`, `report` and `initialize` take
 * in the place of the run's directory. In: a run; out: the file, and a line on what it holds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonText } from '../grammar/visible.ts';
import { shellPath } from '../grammar/shell-word.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { onDisk } from '../runtime/disk.ts';
import type { Checkpoint } from '../runtime/run/checkpoint.ts';
import { modelFile } from '../runtime/run/model-file.ts';
import type { ProgramFiles } from '../runtime/run/new-run.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { digest } from '../runtime/run/sealed.ts';
import { isModelFile, modelEnding } from '../runtime/run/model-start.ts';
import { opened } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { recompiled } from './resume.ts';
import type { Terminal } from './terminal.ts';

export interface ModelOptions {
  readonly out?: string;
  /** `best` or an iteration; without, the newest. */
  readonly checkpoint?: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

export function exportModel(path: string, options: ModelOptions, terminal: Terminal): ExitCode {
  const { run, checkpoint } = opened(path, options.checkpoint);
  const out = options.out ?? `${run.manifest.name.toLowerCase()}${modelEnding}`;
  requireRoom(out, options.force);
  const bytes = made(run, checkpoint, terminal);
  writeNamedFile(out, bytes);
  const { iteration } = checkpoint.position;
  const best = checkpoint.best?.iteration === iteration ? checkpoint.best : null;
  if (options.json) {
    const { name, networks } = run.manifest;
    const facts = { kind: 'model', path: out, bytes: bytes.length, sha256: digest(bytes), spec: name };
    terminal.out(`${jsonText({ ...facts, iteration, best, networks: networks.map((one) => one.name) })}\n`);
  } else if (!options.quiet) {
    const which = `as of iteration ${iteration}${besideBest(checkpoint)}`;
    terminal.err(
      `${out}: ${sizeText(bytes.length)}, ${which}; \`ganc sample ${shellPath(out)}\` takes it as a run's directory\n`,
    );
  }
  return exitCodes.fine;
}

/** How a checkpoint stands to the one that the run calls its best. */
function besideBest({ best, position }: Checkpoint): string {
  if (best === null) return '';
  const by = `by ${best.metric} (${Number(best.value.toPrecision(4))})`;
  return best.iteration === position.iteration
    ? `, the best ${by}`
    : `; the best ${by} is iteration ${best.iteration}'s: \`--checkpoint best\``;
}

/** Only a model may be replaced by another one. */
function requireRoom(out: string, force: boolean): void {
  if (!existsSync(out) || (force && isModelFile(out))) return;
  throw noRoom(out, force, 'is something else than a model');
}

/** `otherwise`: why what is there isn't replaced by force either. */
export function noRoom(out: string, force: boolean, otherwise: string): Exit {
  const why = force ? `${otherwise}: choose` : 'is there already: --force replaces it, or choose';
  return new Exit(exitCodes.usage, `${out} ${why} another --out`);
}

function made(run: RunDirectory, checkpoint: Checkpoint, terminal: Terminal): Uint8Array {
  const program = programFor(run, terminal);
  try {
    return modelFile(run, checkpoint, program);
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw new Exit(exitCodes.usage, error.message);
    throw error;
  }
}

/** The run's own program where that is ONNX: what it samples stays the same to the bit. */
function programFor(run: RunDirectory, terminal: Terminal): ProgramFiles {
  if (run.manifest.target !== 'onnx') return recompiled(run, null, 'onnx', 'host', terminal);
  const files = Object.keys(run.info.program).map((name) => {
    const place = join(run.program, name);
    return [name, new Uint8Array(onDisk(place, () => readFileSync(place)))] as const;
  });
  return { manifest: run.manifest, files: Object.fromEntries(files) };
}

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
