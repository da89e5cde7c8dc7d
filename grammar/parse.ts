/**
 * Text in, AST and every syntax error out; never an exception, whatever the text. The file is cut into
 * declarations first (prescan.ts), each is parsed by itself, and of each statement the first error is shown.
 */
import type { IRecognitionException, IToken } from 'chevrotain';
import type { Comment, Declaration, Spec } from './ast.ts';
import type { Reader } from './cst.ts';
import { diagnostic, type Diagnostic, type DiagnosticDetails, type DiagnosticKind } from './diagnostics.ts';
import { explainSyntax } from './explain-syntax.ts';
import { explainForeign } from './foreign-words.ts';
import { characterErrors, documentation, readComments } from './lexical.ts';
import { SpecParser } from './parser.ts';
import { nestingError, repairWords, splitDeclarations, tooDeep } from './prescan.ts';
import type { Source } from './source.ts';
import { syntaxErrors, wholeRead } from './syntax-errors.ts';
import { openBefore } from './syntax-place.ts';
import { is, isReserved, keywords, RBrace, startOf, statementWords, tokenize } from './tokens.ts';
import { toAst, type DocAt } from './toAst.ts';

export interface Parsed {
  readonly spec: Spec;
  readonly diagnostics: Diagnostic[];
}

const maxLength = 1_000_000;
/** Nobody reads on after so many; those beyond are not looked into. */
const maxErrors = 200;
const parser = new SpecParser();

/**
 * Reads one file. The AST holds what could be read: unread expressions are `Missing`, an unread type has an empty
 * name, a declaration without a name is left out. Diagnostics come in the order of the text.
 */
export function parse(source: Source): Parsed {
  const unreadable = refuseWhole(source);
  if (unreadable) return { spec: emptySpec(source, []), diagnostics: [unreadable] };
  const lexed = tokenize(source.text);
  const comments = readComments(source, lexed.groups.comments ?? []);
  const deep = tooDeep(source, lexed.tokens);
  if (deep) return { spec: emptySpec(source, comments), diagnostics: [deep] };
  const diagnostics: Diagnostic[] = characterErrors(source, lexed.errors);
  if (lexed.tokens.length === 0 && diagnostics.length === 0) diagnostics.push(nothingDeclared(source));
  const repaired = repairWords(source, lexed.tokens);
  diagnostics.push(...repaired.diagnostics);
  const reader: Reader = { source, report: (problem) => diagnostics.push(problem) };
  const docAt = documentation(source, comments);
  const room = () => Math.max(0, maxErrors - diagnostics.length);
  const dirty = new Set(lexed.errors.map(({ line }) => line));
  const chunks = splitDeclarations(repaired.tokens);
  const declarations = chunks.flatMap((tokens): Declaration[] => {
    const declaration = parseDeclaration(reader, docAt, { room, dirty }, tokens);
    return declaration ? [declaration] : [];
  });
  return {
    spec: { ...emptySpec(source, comments), declarations },
    diagnostics: inOrder(withoutGuesses(diagnostics, chunks)).slice(0, maxErrors),
  };
}

/** Without words taken for misspelt ones in a declaration that is another language's. */
function withoutGuesses(
  diagnostics: readonly Diagnostic[],
  chunks: readonly (readonly IToken[])[],
): readonly Diagnostic[] {
  const chunkOf = ({ span }: Diagnostic): number =>
    chunks.findLastIndex(([first]) => startOf(first) <= span.start);
  const foreign = diagnostics.filter(({ code }) => code === syntaxErrors.foreign.code).map(chunkOf);
  if (foreign.length === 0) return diagnostics;
  return diagnostics.filter(
    (one) => one.code !== syntaxErrors.misspelt.code || !foreign.includes(chunkOf(one)),
  );
}

/** Which errors are worth showing: so many, and none on a line with characters that were skipped. */
interface Limits {
  readonly room: () => number;
  readonly dirty: ReadonlySet<number | undefined>;
}

function parseDeclaration(
  reader: Reader,
  docAt: DocAt,
  limits: Limits,
  tokens: IToken[],
): Declaration | undefined {
  try {
    parser.input = tokens;
    const tree = parser.declaration();
    const positions = new Map(tokens.map((token, i) => [token, i]));
    const clean = parser.errors.filter(({ token }) => {
      const line = (positions.has(token) ? token : tokens[tokens.length - 1]).startLine;
      return !limits.dirty.has(line);
    });
    for (const error of firstOfStatements(tokens, positions, clean).slice(0, limits.room())) {
      const at = positions.get(error.token) ?? tokens.length;
      const foreign = explainForeign(reader.source, tokens, at, error.message);
      reader.report(foreign ?? explainSyntax(reader.source, tokens, at, error));
      if (foreign) break;
    }
    return toAst(reader, docAt, tree);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reader.report(nestingError(reader.source, tokens[0])); // called from deep inside another program
    return undefined;
  }
}

const statementTypes = new Set(
  [...statementWords, 'let' as const, 'initialize' as const].map((word) => keywords[word]),
);

/** Recovery may stumble again; only what stands in another statement is news. */
function firstOfStatements(
  tokens: readonly IToken[],
  positions: ReadonlyMap<IToken, number>,
  errors: readonly IRecognitionException[],
): IRecognitionException[] {
  const statements = statementIndices(tokens);
  const at = (error: IRecognitionException) => positions.get(error.token) ?? tokens.length;
  const seen = new Set<number>();
  const ordered = [...errors].sort((a, b) => at(a) - at(b));
  return ordered.filter((error, i) => {
    if (i > 0 && isLeftCloser(tokens, at(error), error)) return false;
    const statement = statements[at(error)];
    const fresh = !seen.has(statement);
    seen.add(statement);
    return fresh;
  });
}

/** A bracket that is left over because what stands in it was given up: it closes what was opened. */
const isLeftCloser = (tokens: readonly IToken[], at: number, { message }: IRecognitionException): boolean =>
  message === wholeRead && is(tokens[at], RBrace) && openBefore({ tokens, at }).length > 0;

/** For each place between tokens, where the statement that it stands in begins; the last is the end. */
function statementIndices(tokens: readonly IToken[]): number[] {
  const starts = [0];
  for (let i = 0; i < tokens.length; i++) {
    const begins = isReserved(tokens[i]) && statementTypes.has(tokens[i].tokenType);
    const prefixed = is(tokens[i - 1], keywords.every) || is(tokens[i], keywords.every);
    starts.push(begins && !(prefixed && starts[i] === i - 1) ? i : starts[i]);
  }
  return starts;
}

// ---------------------------------------------------------------- files that are no specs

function refuseWhole(source: Source): Diagnostic | undefined {
  if (source.text.length > maxLength)
    return whole(source, syntaxErrors.tooLarge, {
      what: `The file has ${source.text.length} characters; a spec has at most ${maxLength}.`,
      hint: 'Check the path, or split the spec with `import`.',
    });
  const strange = source.text.match(/[\0\ufffd]/g)?.length ?? 0;
  if (strange === 0 || (strange < 3 && !source.text.includes('\0'))) return undefined;
  return whole(source, syntaxErrors.notText, {
    what: 'This is not UTF-8 text.',
    hint: 'Check the path, or save the file as UTF-8.',
  });
}

const nothingDeclared = (source: Source): Diagnostic =>
  whole(source, syntaxErrors.empty, {
    what: 'There is no declaration in this file.',
    hint: '`ganc init` writes a spec to start from.',
  });

const whole = (source: Source, kind: DiagnosticKind, details: DiagnosticDetails): Diagnostic =>
  diagnostic(kind, { source, start: 0, end: 0 }, details);

const emptySpec = (source: Source, comments: readonly Comment[]): Spec => ({
  kind: 'Spec',
  declarations: [],
  comments,
  span: { source, start: 0, end: source.text.length },
});

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => a.span.start - b.span.start);
}
