/** `ganc explain CODE`: a diagnostic at length; or a layer, a metric, ... with its parameters; or a word of the language. */
import { kinds } from '../compiler/errors.ts';
import type { ParamSpec } from '../program/catalogue.ts';
import { metricParams } from '../compiler/evaluate/report-metric.ts';
import { pictureParams } from '../compiler/evaluate/report-picture.ts';
import { prelude } from '../compiler/prelude/prelude.ts';
import { functions } from '../compiler/vocabulary/functions.ts';
import { initializers } from '../compiler/vocabulary/initializers.ts';
import { layers } from '../compiler/vocabulary/layers.ts';
import { optimizers } from '../compiler/vocabulary/optimizers.ts';
import { nearest } from '../grammar/diagnostics.ts';
import { parse } from '../grammar/parse.ts';
import { textOf } from '../grammar/source.ts';
import type { DiagnosticKind, Severity } from '../grammar/diagnostics.ts';
import { syntaxErrors } from '../grammar/syntax-errors.ts';
import { catalogue } from '../runtime/catalogue.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { headings, manualOf } from './manual.ts';
import { paintOut } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { outWidth, wrapped } from './wrapped.ts';

interface Explained {
  readonly doc: string;
  readonly params: readonly ParamSpec[];
}

const codes = (): DiagnosticKind[] => [...Object.values(syntaxErrors), ...Object.values(kinds)];

const ofMedium = (medium: 'picture' | 'sound'): Readonly<Record<string, Explained>> =>
  Object.fromEntries(Object.entries(catalogue.pictures).filter(([, shown]) => shown.medium === medium));

/** With the parameters that all of them take. */
const taking = (
  table: Readonly<Record<string, Explained>>,
  all: (params: readonly ParamSpec[]) => readonly ParamSpec[],
): Readonly<Record<string, Explained>> =>
  Object.fromEntries(
    Object.entries(table).map(([name, { doc, params }]) => [name, { doc, params: all(params) }]),
  );

/** What has a name and parameters, by family. */
const families = (): Record<string, Readonly<Record<string, Explained>>> => ({
  layer: layers,
  function: functions,
  optimizer: optimizers,
  initializer: initializers,
  source: catalogue.sources,
  ...reported(),
});

/** What lines of reports may show. */
export const reported = (): Record<'metric' | 'picture' | 'sound', Readonly<Record<string, Explained>>> => ({
  metric: taking(catalogue.metrics, metricParams),
  picture: taking(ofMedium('picture'), pictureParams),
  sound: taking(ofMedium('sound'), pictureParams),
});

export function explain(topic: string | undefined, terminal: Terminal): ExitCode {
  terminal.out(explained(topic, paintOut(terminal).bold, outWidth(terminal)));
  return exitCodes.fine;
}

const marked = (severity: Severity): string => (severity === 'warning' ? ' (warning)' : '');

/**
 * Without a topic, the list of codes; `width`: at which sentences are broken. Throws Exit with the nearest topic for one that there
 * isn't.
 */
export function explained(
  topic: string | undefined,
  bold = (text: string): string => text,
  width = Infinity,
): string {
  if (topic === undefined) {
    return codes()
      .map(
        ({ code, title, severity }) => `${code}  ${title}${marked(severity)}
`,
      )
      .join('');
  }
  const kind = codes().find(({ code }) => code === topic.toUpperCase());
  if (kind)
    return `${bold(`${kind.code}: ${kind.title}`)}${marked(kind.severity)}

${wrapped(kind.explanation, width, 0, 0)}
`;
  const word = manualOf(topic, bold);
  const words = word === undefined ? [] : [word];
  const texts = [
    ...namedAs(topic, bold, width),
    ...preludeAs(topic, bold),
    ...listOf(topic, width),
    ...words,
  ];
  if (texts.length === 0) throw new Exit(exitCodes.usage, unknown(topic));
  return texts.join('\n');
}

/** The prelude's losses: written in the language, so their text says all. */
function preludeAs(topic: string, bold: (text: string) => string): string[] {
  const { spec } = parse({ path: 'prelude/losses.gan', text: prelude });
  return spec.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'Fn' || declaration.name.name !== topic) return [];
    return [`${bold(`loss ${topic}`)}\n\n${declaration.doc ?? ''}\n\n${textOf(declaration.span)}\n`];
  });
}

function namedAs(topic: string, bold: (text: string) => string, width: number): string[] {
  return Object.entries(families()).flatMap(([family, table]) => {
    if (!Object.hasOwn(table, topic)) return [];
    const { doc, params } = table[topic];
    const listed = params.map((param) => parameter(param, width)).join('');
    return [`${bold(`${family} ${topic}`)}\n\n${wrapped(doc, width, 0, 0)}\n\n${listed}`];
  });
}

function parameter(
  { name, type, default: unless, choices, interval, doc }: ParamSpec,
  width: number,
): string {
  const word = type === 'choice' && choices ? choices.join(' | ') : type;
  const form = interval === undefined ? word : `${word} in ${interval}`;
  const value = unless === undefined || unless === null ? '' : ` = ${String(unless)}`;
  const optional = unless === null ? ', may be left out' : '';
  const head = wrapped(`${name}: ${form}${value}${optional}`, width, 2, 6);
  return `${head}\n${wrapped(doc, width, 6, 6)}\n`;
}

/** `metrics`: all of a family, each with its sentence. */
function listOf(topic: string, width: number): string[] {
  const table = families()[topic.replace(/s$/, '')];
  if (table === undefined) return [];
  const column = Math.max(...Object.keys(table).map((name) => name.length)) + 2;
  return [
    Object.entries(table)
      .map(([name, { doc }]) => `${wrapped(name.padEnd(column) + doc, width, 0, column)}\n`)
      .join(''),
  ];
}

function unknown(topic: string): string {
  const names = Object.values(families()).flatMap((table) => Object.keys(table));
  const lists = Object.keys(families()).map((family) => `${family}s`);
  const near =
    nearest(
      topic.toUpperCase(),
      codes().map(({ code }) => code),
    ) ?? nearest(topic, [...names, ...lists, ...Object.keys(headings)]);
  const meant = near === undefined ? '.' : `; did you mean ${near}?`;
  return `nothing is called ${topic}${meant} \`ganc explain\` lists the codes, \`ganc explain metrics\` the metrics.`;
}
