/**
 * Diagnostics in, a log in SARIF 2.1.0 out (OASIS, Static Analysis Results Interchange Format), which code scanning
 * services and editors read. Every code that was said is a rule with its explanation; labels are related places.
 */
import type { Diagnostic, DiagnosticKind, Label } from './diagnostics.ts';
import { position, type Span } from './source.ts';

/** As much of the format as is written here. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly [{ readonly results: readonly object[] } & Record<string, unknown>];
}

/** `version`: of ganc. `kinds`: of every code. Paths inside the working directory are relative to it. */
export function toSarif(
  diagnostics: readonly Diagnostic[],
  kinds: readonly DiagnosticKind[],
  version: string,
): SarifLog {
  const said = new Set(diagnostics.map(({ code }) => code));
  const rules = kinds.filter(({ code }) => said.has(code));
  const driver = { name: 'ganc', version, rules: rules.map(rule) };
  const results = diagnostics.map((one) =>
    result(
      one,
      rules.findIndex(({ code }) => code === one.code),
    ),
  );
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

const rule = ({ code, title, explanation, severity }: DiagnosticKind): object => ({
  id: code,
  shortDescription: { text: title },
  fullDescription: { text: explanation },
  help: { text: explanation },
  defaultConfiguration: { level: severity },
});

const result = (
  { code, severity, what, why, hint, span, labels }: Diagnostic,
  ruleIndex: number,
): object => ({
  ruleId: code,
  ruleIndex,
  level: severity,
  message: { text: [what, why, hint].filter((part) => part !== undefined).join('\n') },
  locations: [{ physicalLocation: place(span) }],
  ...(labels.length > 0 && { relatedLocations: labels.map(related) }),
});

const related = ({ span, text }: Label, id: number): object => ({
  id,
  physicalLocation: place(span),
  message: { text },
});

function place({ source, start, end }: Span): object {
  const from = position(source, start);
  const to = position(source, end);
  return {
    artifactLocation: { uri: uriOf(source.path) },
    region: {
      startLine: from.line,
      startColumn: from.column,
      endLine: to.line,
      endColumn: to.column,
    },
  };
}

/** A path as a URI: relative stays relative, absolute gets its scheme, signs that mean something are escaped. */
function uriOf(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/').map(encodeURIComponent);
  if (path.startsWith('/')) return `file://${parts.join('/')}`;
  return /^[A-Za-z]:[\\/]/.test(path) ? `file:///${path[0]}:/${parts.slice(1).join('/')}` : parts.join('/');
}
