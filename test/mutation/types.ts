/**
 * Whether the types refuse a mistake that no quick test has seen: `npm test` begins with them. The compiler stays loaded, and
 * of what it found of the other files it keeps what a mistake makes no difference to, so that one takes seconds.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { around, type Mutant } from './mutants.ts';

/** Says of a mistake whether the types refuse it. */
export type Refuse = (mutant: Mutant) => boolean;

/** @param folder the checkout, as it was when the mistakes were drawn. */
export function typesOf(folder: string): Refuse {
  const { options, fileNames } = configOf(folder);
  const host = ts.createIncrementalCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const known = new Map<string, ts.SourceFile | undefined>();
  host.getSourceFile = (name, ...how) => {
    if (!known.has(name)) known.set(name, read(name, ...how));
    return known.get(name);
  };
  let builder: ts.SemanticDiagnosticsBuilderProgram | undefined;
  /** One of the errors, of files that may have others than when last asked. */
  const anError = (): ts.Diagnostic | undefined => {
    const program = ts.createProgram({
      rootNames: fileNames,
      options,
      host,
      oldProgram: builder?.getProgram(),
    });
    builder = ts.createSemanticDiagnosticsBuilderProgram(program, host, builder);
    for (;;) {
      const looked = builder.getSemanticDiagnosticsOfNextAffectedFile();
      // Files that import a changed one are looked at by the second call alone, where imports are verbatim.
      if (looked === undefined) return builder.getSemanticDiagnostics()[0];
      // What was not looked at is looked at next time.
      if (looked.result.length > 0) return looked.result[0];
    }
  };
  const first = anError();
  if (first) throw new Error(`without a mistake: ${ts.formatDiagnostic(first, host)}`);
  return (mutant) => {
    const path = join(folder, mutant.file);
    const right = known.get(path);
    const text = readFileSync(path, 'utf8');
    const [before, , behind] = around(text, mutant);
    known.set(path, parsed(path, before + mutant.replacement + behind, right));
    const refused = anError() !== undefined;
    known.set(path, right);
    return refused;
  };
}

function configOf(folder: string): ts.ParsedCommandLine {
  const path = join(folder, 'tsconfig.json');
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const config = ts.getParsedCommandLineOfConfigFile(path, {}, host);
  if (config === undefined || config.errors.length > 0) throw new Error(`${path} can't be read`);
  return config;
}

/** The builder goes by a file's version for whether it has changed. */
function parsed(path: string, text: string, like: ts.SourceFile | undefined): ts.SourceFile {
  if (like === undefined) throw new Error(`${path} is no file of the project`);
  const file = ts.createSourceFile(path, text, {
    languageVersion: like.languageVersion,
    impliedNodeFormat: like.impliedNodeFormat,
  });
  return Object.assign(file, { version: ts.sys.createHash?.(text) ?? text });
}
