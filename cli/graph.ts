/** `ganc graph FILE`: the architecture's picture, to the standard output or a file. */
import { extname } from 'node:path';
import { draw, graphFormats, type GraphFormat } from '../diagram/draw.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { Exit, exitCodes } from './exit.ts';
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
  const format = options.format ?? formatOf(out);
  const entry = await readSpec(file, terminal);
  const architecture = architectureOfSpec(entry, { set, profile }, terminal);
  const text = await draw(architecture, format, { layers, updates });
  if (out === undefined) terminal.out(text);
  else {
    writeNamedFile(out, text);
    if (!quiet) terminal.err(`${out}: the architecture of ${architecture.name}\n`);
  }
  return exitCodes.fine;
}

const endings: ReadonlyMap<string, GraphFormat> = new Map([
  ...graphFormats.map((format) => [format as string, format] as const),
  ['mmd', 'mermaid'],
  ['gv', 'dot'],
]);

/** By the file's ending; a picture where it has none. Throws Exit for an ending that means another format. */
function formatOf(out = ''): GraphFormat {
  const ending = extname(out).slice(1).toLowerCase();
  const format = ending === '' ? 'svg' : endings.get(ending);
  if (format !== undefined) return format;
  throw new Exit(
    exitCodes.usage,
    `${out}: a graph is written as ${graphFormats.join(', ')}: choose such an ending, or say --format`,
  );
}
