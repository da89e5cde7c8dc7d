/**
 * Diagnostics in, annotations of a GitHub workflow out: a line each, in the form of workflow commands
 * (docs.github.com/actions, "Workflow commands for GitHub Actions"), which GitHub shows beside the lines of a change.
 */
import type { Diagnostic, DiagnosticKind } from './diagnostics.ts';
import { position } from './source.ts';
import { visible } from './visible.ts';

/** `kinds`: of every code, for the titles. Ends with a newline, unless there is nothing to say. */
export function toGithub(diagnostics: readonly Diagnostic[], kinds: readonly DiagnosticKind[]): string {
  const titles = new Map(kinds.map(({ code, title }) => [code, title]));
  return diagnostics.map((one) => `${annotation(one, titles.get(one.code))}\n`).join('');
}

function annotation({ code, severity, span, what, why, hint }: Diagnostic, title?: string): string {
  const start = position(span.source, span.start);
  const end = position(span.source, span.end);
  const place = {
    file: span.source.path,
    line: start.line,
    endLine: end.line,
    // Columns are shown for places within one line only.
    ...(start.line === end.line && { col: start.column, endColumn: Math.max(start.column, end.column) }),
    title: title === undefined ? code : `${code}: ${title}`,
  };
  const properties = Object.entries(place).map(([name, value]) => `${name}=${property(String(value))}`);
  const text = [what, why, hint].filter((part) => part !== undefined).join('\n');
  return `::${severity} ${properties.join(',')}::${data(text)}`;
}

/** As the runner reads a command's text: only these three signs have a meaning in it. */
const data = (text: string): string =>
  visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
