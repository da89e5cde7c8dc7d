/**
 * What becomes of the diagnostics of a spec before they are shown: `// allow GAN4004: reason` above a declaration takes
 * away that warning inside it, and under `--strict` every warning that is left is an error. Errors go through untouched.
 * An `allow` that takes nothing away is a warning itself, so that none outlives what it was written for.
 */
import type * as ast from '../../grammar/ast.ts';
import {
  diagnostic,
  inOrder,
  isError,
  suggestion,
  type Diagnostic,
  type DiagnosticKind,
} from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { parse } from '../../grammar/parse.ts';
import type { Span } from '../../grammar/source.ts';
import { syntaxErrors } from '../../grammar/syntax-errors.ts';

/** One code in an `allow` comment. */
interface Allow {
  readonly code: string;
  readonly reason: string;
  /** Where the code stands. */
  readonly span: Span;
  /** The declaration or statement below; null: the comment shares its line, or nothing follows. */
  readonly over: Span | null;
}

/** `spec`: the file that was checked; allows in the files that it imports count too, and only its own must be of use. */
export function settled(
  spec: ast.Spec,
  found: readonly Diagnostic[],
  strict: boolean,
): readonly Diagnostic[] {
  const own = allowsIn(spec);
  const elsewhere = new Set(
    found.flatMap(({ severity, span }) => (severity === 'warning' ? span.source : [])),
  );
  elsewhere.delete(spec.span.source);
  const allows = [...own, ...[...elsewhere].flatMap((source) => allowsIn(parse(source).spec))];
  const useful = new Set<Allow>();
  const left = found.filter((one) => {
    const silencing = allows.filter((allow) => silences(allow, one));
    silencing.forEach((allow) => useful.add(allow));
    return silencing.length === 0;
  });
  // Where the spec is broken, warnings may be missing that an allow is for.
  const broken = found.some(isError);
  const idle = own.flatMap((allow) => (useful.has(allow) ? [] : (problemOf(allow, broken) ?? [])));
  const all = inOrder([...left, ...idle]);
  return strict ? all.map((one) => ({ ...one, severity: 'error' })) : all;
}

const silences = ({ code, reason, over }: Allow, { code: said, severity, span }: Diagnostic): boolean =>
  severity === 'warning' &&
  code === said &&
  reason !== '' &&
  over !== null &&
  over.source.path === span.source.path &&
  over.start <= span.start &&
  span.end <= over.end;

// ---------------------------------------------------------------- comments

/** `// allow GAN4004, GAN4003: reason`; text about allowing things is none. */
const form = /^\/\/\s*allow\s+(GAN\d+(?:\s*,\s*GAN\d+)*)\s*:?\s*([^]*)$/;

function allowsIn(spec: ast.Spec): Allow[] {
  return spec.comments.flatMap((comment) => {
    const [, codes, reason] = form.exec(comment.text) ?? [];
    if (codes === undefined) return [];
    const over = ownLine(comment) ? statementBelow(spec, comment) : null;
    return [...codes.matchAll(/GAN\d+/g)].map(({ 0: code, index }) => {
      const start = comment.span.start + comment.text.indexOf(codes) + index;
      const span = { source: comment.span.source, start, end: start + code.length };
      return { code, reason: reason.trim(), span, over };
    });
  });
}

const ownLine = ({ span: { source, start } }: ast.Comment): boolean =>
  /(^|[\n\r])[^\S\n\r]*$/.test(source.text.slice(Math.max(0, start - 500), start));

type Statement = ast.Declaration | ast.Statement | ast.ReportLine | ast.Setting;

/** The statements inside one. */
function inside(node: Statement): readonly Statement[] {
  switch (node.kind) {
    case 'Profile':
      return node.settings;
    case 'Network':
    case 'Block':
      return node.body.lets;
    case 'Train':
    case 'Phase':
    case 'Repeat':
    case 'Together':
    case 'Report':
      return node.body;
    default:
      return [];
  }
}

/** The declaration or statement that begins right below, other comments between them left out. */
function statementBelow(spec: ast.Spec, comment: ast.Comment): Span | null {
  const { text } = spec.span.source;
  let at = comment.span.end;
  const comments = new Map(spec.comments.map(({ span }) => [span.start, span.end]));
  for (;;) {
    while (at < text.length && /\s/.test(text[at])) at++;
    const end = comments.get(at);
    if (end === undefined) break;
    at = end;
  }
  return beginning(spec.declarations, at);
}

function beginning(nodes: readonly Statement[], at: number): Span | null {
  const around = nodes.find(({ span }) => span.start <= at && at < span.end);
  if (around === undefined) return null;
  return around.span.start === at ? around.span : beginning(inside(around), at);
}

// ---------------------------------------------------------------- allows that are none

function problemOf({ code, reason, span, over }: Allow, broken: boolean): Diagnostic | undefined {
  const say = (what: string, hint: string): Diagnostic => diagnostic(kinds.idleAllow, span, { what, hint });
  const known: DiagnosticKind[] = [...Object.values(syntaxErrors), ...Object.values(kinds)];
  const kind = known.find((one) => one.code === code);
  if (kind === undefined) {
    const codes = known.flatMap((one) => (one.severity === 'warning' ? one.code : []));
    return say(`there is no code ${code}`, suggestion(code, codes) ?? '`ganc explain` lists the codes.');
  }
  if (kind.severity === 'error')
    return say(
      `${code} is an error, and errors cannot be allowed`,
      'Mend what it says, and take the comment away.',
    );
  if (reason === '')
    return say(
      `this allow of ${code} gives no reason`,
      `Write why it is meant: \`// allow ${code}: reason\`.`,
    );
  if (over === null)
    return say(
      `this allow of ${code} stands above nothing`,
      'It has a line of its own, right above the declaration or statement that it is for.',
    );
  if (broken) return undefined;
  return say(
    `nothing below this comment gives ${code}`,
    'Take the comment away: it would hide a later mistake.',
  );
}
