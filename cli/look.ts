/**
 * `ganc data look WHAT [STREAM]`: what data is once it is open. In: a spec, whose streams are converted as it says; a source
 * as a spec has it; or a file or folder, for which a source is guessed (a network's: look-network.ts), and of which no more is read
 * than is shown, where its source can do so. Out: for each stream its rows, fields, the range of their numbers, how often each class
 * comes, the first rows; and with `--out` a picture of the first images (look-rows.ts).
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkSpec } from '../compiler/compile.ts';
import { kinds } from '../compiler/errors.ts';
import type { CompileOptions } from '../compiler/input.ts';
import { isError } from '../grammar/diagnostics.ts';
import { jsonText } from '../grammar/visible.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { glanceStream, openStream, sources } from '../runtime/catalogue.ts';
import { allowFolders } from '../runtime/data/allowed.ts';
import { guess } from '../runtime/data/guess.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { lookAtNetwork } from './look-network.ts';
import { pictureOf, printStream, rowsShown, seen } from './look-rows.ts';
import type { Looked, Seen } from './look-rows.ts';
import { readSpec, say } from './read.ts';
import { compileSpec, dataFolder, hostFor } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface LookOptions extends Pick<CompileOptions, 'set' | 'profile'> {
  readonly out?: string;
  readonly json: boolean;
}

/** What a stream is called that no spec names. */
const found = 'found';

/** A folder of more files is not decoded for a look. */
const opened = 5000;

export async function look(
  what: string,
  name: string | undefined,
  options: LookOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { out } = options;
  if (out !== undefined && !/\.png$/i.test(out))
    throw new Exit(exitCodes.usage, `${out}: the picture of the first images is written as .png`);
  if (what === '-' || what.endsWith('.gan')) return lookAtSpec(what, name, options, terminal);
  if (name !== undefined)
    throw new Exit(exitCodes.usage, `${what} is no spec, which has streams such as ${name}`);
  if (what.endsWith('.onnx')) return lookAtNetwork(what, options.json, terminal);
  const isSource = !existsSync(what) && /^\s*\w+\s*\(/.test(what);
  const { facts, line } = isSource ? { facts: [], line: what } : await guess(what);
  if (!isSource) letRead(what);
  // Before the files are looked through: where something is wrong in them, the facts are known all the same.
  if (!options.json) {
    for (const fact of facts) terminal.out(`${fact}\n`);
    if (!isSource && line !== null) terminal.out(`in a spec: data ${found} = ${line}\n`);
  }
  const stream = line === null ? null : streamOf(line, isSource, terminal);
  const streams = stream === null || (!isSource && isMany(stream)) ? [] : [stream];
  if (stream !== null && streams.length === 0)
    terminal.err('too many to decode for a look: name the source, or a spec, to have them read\n');
  const about = isSource ? {} : { facts, line };
  return lookAtStreams(streams, '.', { ...options, about, glances: !isSource }, terminal);
}

async function lookAtSpec(
  file: string,
  name: string | undefined,
  { out, json, ...compiling }: LookOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const entry = await readSpec(file, terminal);
  const { streams } = compileSpec(entry, compiling, terminal).manifest;
  const wanted = streams.filter((stream) => name === undefined || stream.name === name);
  const all = streams.map((stream) => stream.name).join(', ');
  if (wanted.length === 0)
    throw new Exit(
      exitCodes.usage,
      streams.length === 0 ? `${file} reads no data` : `${file} reads no ${String(name)}; it reads ${all}`,
    );
  if (out !== undefined && wanted.length > 1)
    throw new Exit(exitCodes.usage, `which stream's picture? ${all}`);
  return lookAtStreams(
    wanted,
    resolve(dataFolder(entry)),
    { json, about: {}, glances: false, ...(out && { out }) },
    terminal,
  );
}

/** Whether reading the files that were guessed at would take long: those that are decoded one by one. */
const isMany = ({ source, description }: Looked): boolean =>
  source !== 'csv' && (description?.count ?? 0) > opened;

/** What a user names by himself may be read, wherever it lies. */
function letRead(path: string): void {
  allowFolders([statSync(path).isDirectory() ? path : dirname(path)]);
}

/**
 * The stream of a source by itself; `described`: by files that may take a while to look through, too. Throws Exit where something
 * is wrong with it; that is said.
 */
function streamOf(line: string, described: boolean, terminal: Terminal): Looked {
  const entry = { path: 'source', text: `data ${found} = ${line}\n` };
  const host = hostFor(entry);
  const describe: typeof host.describe = (source, args) =>
    described || sources[source].glance === undefined ? host.describe(source, args) : null;
  const { analysis, diagnostics } = checkSpec(entry, { ...host, describe });
  const info = analysis.names.data.get(found);
  if (info === undefined) {
    say(
      terminal,
      diagnostics.filter((one) => isError(one) && one.code !== kinds.missingDeclaration.code),
    );
    throw new Exit(exitCodes.diagnostics);
  }
  return { ...info, name: found };
}

interface Looking extends Pick<LookOptions, 'out' | 'json'> {
  readonly about: object;
  /** Whether a source that can shows its first rows alone, without being opened. */
  readonly glances: boolean;
}

async function lookAtStreams(
  streams: readonly Looked[],
  folder: string,
  { out, json, about, glances }: Looking,
  terminal: Terminal,
): Promise<ExitCode> {
  const report: Record<string, { rows: number; fields: Record<string, Seen> }> = {};
  for (const stream of streams) {
    const rows = rowsShown(stream.fields, out !== undefined);
    const glance = glances ? await glanceStream(stream, folder, rows) : null;
    const shown = glance ?? (await openStream(stream, folder));
    const fields = Object.entries(stream.fields).map(
      ([field, type]) => [field, seen(shown, stream, field, type)] as const,
    );
    report[stream.name] = { rows: shown.count, fields: Object.fromEntries(fields) };
    if (out !== undefined) writeNamedFile(out, pictureOf(shown, stream));
    if (!json) printStream(stream, shown.count, fields, terminal);
  }
  if (json) terminal.out(jsonText({ ...about, ...report }, 2) + '\n');
  return exitCodes.fine;
}
