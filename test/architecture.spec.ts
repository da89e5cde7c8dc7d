/**
 * How the code hangs together: folders are read in the order of the pipeline, and a file imports only from what stands
 * before it; no cycles (in the compiler not even of types), no default exports, files of a readable length, one meaning for each error code.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import ts from 'typescript';
import { kinds } from '../compiler/errors.ts';
import { goldenFolder } from './golden.ts';

const root = join(goldenFolder, '..', '..');

/** Top folders in order. */
const folders = [
  'grammar',
  'program',
  'compiler',
  'diagram',
  'runtime',
  'page',
  'tensorboard',
  'setup',
  'cli',
  'lib',
];

/** The compiler's stages in order; those on one line know each other (file by file, still without cycles). */
const stages = [
  ['compiler/errors'],
  ['compiler/errors.ts'],
  ['compiler/bytes.ts'],
  ['compiler/input.ts'],
  ['compiler/ir'],
  ['compiler/moments.ts'],
  ['compiler/leaves.ts'],
  ['compiler/compiled.ts'],
  ['compiler/types.ts'],
  ['compiler/values.ts'],
  ['compiler/vocabulary'],
  ['compiler/prelude'],
  ['compiler/bind'],
  ['compiler/evaluate'],
  ['compiler/model.ts'],
  ['compiler/analyse'],
  ['compiler/check'],
  ['compiler/lower'],
  ['compiler/architecture'],
  ['compiler/meaning'],
  ['compiler/differentiate'],
  ['compiler/simplify.ts'],
  ['compiler/schedule'],
  ['compiler/costs'],
  ['compiler/print.ts'],
  ['compiler/passes.ts'],
  ['compiler/targets/text'],
  [
    'compiler/targets/reference',
    'compiler/targets/onnx',
    'compiler/targets/tfjs',
    'compiler/targets/torch',
    'compiler/targets/targets.ts',
  ],
  ['compiler/compile.ts'],
];

/** Longer than 300 lines for a reason; the number is how long they may become. */
const long: Readonly<Record<string, number>> = {
  'grammar/ast.ts': 400, // all node types on one page
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

interface File {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly hasDefault: boolean;
}

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(`${folder}/${entry.name}`);
    return entry.name.endsWith('.ts') ? [`${folder}/${entry.name}`] : [];
  });

function read(path: string): File {
  const text = readFileSync(join(root, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const imports: Import[] = [];
  let hasDefault = false;
  const note = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !/^\..*\.ts$/.test(specifier.text))
      return;
    imports.push({ from: path, to: posix.join(posix.dirname(path), specifier.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      note(node.arguments[0], false);
    if (
      ts.isExportAssignment(node) ||
      (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent))
    )
      hasDefault = true;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, text, imports, hasDefault };
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  const all =
    bindings !== undefined && ts.isNamedImports(bindings) && bindings.elements.every((e) => e.isTypeOnly);
  return all && clause.name === undefined;
}

const files = folders.flatMap(sources).map(read);
const imports = files.flatMap((file) => file.imports);

const folderOf = (path: string): number => folders.indexOf(path.split('/')[0]);
const stageOf = (path: string): number =>
  stages.findIndex((stage) => stage.some((place) => path === place || path.startsWith(`${place}/`)));

/** Files that import each other, directly or round about, by the imports that count: each set sorted. */
function knots(counts: (one: Import) => boolean): string[][] {
  const next = new Map(files.map((file) => [file.path, file.imports.filter(counts).map(({ to }) => to)]));
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const todo = [...(next.get(from) ?? [])];
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      todo.push(...(next.get(path) ?? []));
    }
    return seen;
  };
  const reached = new Map([...next.keys()].map((path) => [path, reach(path)]));
  const inKnots = [...next.keys()].filter((path) => reached.get(path)!.has(path));
  const sets = inKnots.map((path) =>
    inKnots.filter((other) => reached.get(path)!.has(other) && reached.get(other)!.has(path)).sort(),
  );
  return [...new Map(sets.map((set) => [set.join(), set])).values()];
}

const shown = (bad: readonly Import[]): string[] => bad.map(({ from, to }) => `${from} imports ${to}`);

describe('architecture', () => {
  it('grammar → program → compiler → diagram → runtime → page → setup → cli → lib: imports point backwards', () => {
    const bad = imports.filter(({ from, to }) => folderOf(to) < 0 || folderOf(to) > folderOf(from));
    assert.deepEqual(shown(bad), []);
  });

  it('the runtime knows the program, not the compiler that made it', () => {
    const bad = imports.filter(
      ({ from, to }) => from.startsWith('runtime/') && !/^(runtime|program|grammar)\//.test(to),
    );
    assert.deepEqual(shown(bad), []);
  });

  it('inside the compiler, a stage imports what stands before it', () => {
    const own = files.filter(({ path }) => path.startsWith('compiler/'));
    assert.deepEqual(
      own.filter(({ path }) => stageOf(path) < 0).map(({ path }) => path),
      [],
      'files without a stage',
    );
    const bad = imports.filter(({ from, to }) => from.startsWith('compiler/') && stageOf(to) > stageOf(from));
    assert.deepEqual(shown(bad), []);
  });

  it('targets do not know each other', () => {
    // text/ is what those that write text share.
    const target = (path: string): string | undefined =>
      /^compiler\/targets\/(?!text\/)([^/]+)\//.exec(path)?.[1];
    const bad = imports.filter(({ from, to }) => target(from) && target(to) && target(from) !== target(to));
    assert.deepEqual(shown(bad), []);
  });

  it('no cycle of imports at run time', () => {
    assert.deepEqual(
      knots(({ typeOnly }) => !typeOnly),
      [],
    );
  });

  it('no cycle in the compiler, types included', () => {
    assert.deepEqual(
      knots(({ from, to }) => [from, to].every((path) => path.startsWith('compiler/'))),
      [],
    );
  });

  it('no default exports', () => {
    assert.deepEqual(
      files.filter(({ hasDefault }) => hasDefault).map(({ path }) => path),
      [],
    );
  });

  it('files have at most 300 lines', () => {
    const paths = [...folders, 'test', 'bench'].flatMap(sources);
    const lengths = paths.map((path) => ({
      path,
      lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1,
    }));
    const bad = lengths.filter(({ path, lines }) => lines > (long[path] ?? 300));
    assert.deepEqual(
      bad.map(({ path, lines }) => `${path}: ${lines}`),
      [],
    );
    const spare = Object.keys(long).filter(
      (path) => (lengths.find((file) => file.path === path)?.lines ?? 0) <= 300,
    );
    assert.deepEqual(spare, [], 'allowed to be long without need');
  });

  it('no code is kept from the formatter, but for tables of data', () => {
    const tables = ['runtime/engines/tensorflow/pins.ts'];
    const kept = files.filter(({ text }) => text.includes('prettier-ignore')).map(({ path }) => path);
    assert.deepEqual(kept, tables);
  });

  it('files begin with what they are for', () => {
    const bare = files.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text)).map(({ path }) => path);
    assert.deepEqual(bare, []);
  });

  it('every diagnostic code is declared once, and every kind is said somewhere', () => {
    const declared = files.flatMap(({ text }) => [...text.matchAll(/'(GAN\d{4})'/g)].map(([, code]) => code));
    assert.isAbove(declared.length, 40);
    assert.deepEqual(
      declared.filter((code, i) => declared.indexOf(code) !== i),
      [],
    );
    const elsewhere = files
      .filter(({ path }) => path !== 'compiler/errors.ts')
      .map(({ text }) => text)
      .join('\n');
    const unsaid = Object.keys(kinds).filter(
      (name) => !new RegExp(`'${name}'|kinds\\.${name}\\b`).test(elsewhere),
    );
    assert.deepEqual(unsaid, []);
  });
});
