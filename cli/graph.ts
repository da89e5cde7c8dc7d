/** `ganc graph FILE`: the architecture's picture, to the standard output or a file. */
import { extname } from 'node:path';
import { draw, graphFormats, type GraphFormat } from '../diagram/draw.ts';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { readSpec } from './read.ts';
import { architectureOfSpec } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface GraphOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly format?: GraphFormat;
  readonly layers: boolean;
  readonly updates: boolean;
  readonly out?: string;
  readonly quiet: boolean;
}

export async function graph(file: string, options: GraphOptions, terminal: Terminal): Promise<ExitCode> {
  const { set, profile, layers, updates, out, quiet } = options;
  const entry = await readSpec(file, terminal);
  const architecture = architectureOfSpec(entry, { set, profile }, terminal);
  const text = await draw(architecture, options.format ?? formatOf(out), { layers, updates });
  if (out === undefined) terminal.out(text);
  else {
    writeFileAtomic(out, text);
    if (!quiet) terminal.err(`${out}: the architecture of ${architecture.name}\n`);
  }
  return exitCodes.fine;
}

/** By the file's ending; a picture where nothing says otherwise. */
function formatOf(out: string | undefined): GraphFormat {
  const ending = out === undefined ? '' : extname(out).slice(1);
  if (ending === 'mmd') return 'mermaid';
  if (ending === 'gv') return 'dot';
  return graphFormats.find((format) => format === ending) ?? 'svg';
}
