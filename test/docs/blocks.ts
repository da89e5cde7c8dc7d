/**
 * The specs in the documentation. A ```gan block is a whole spec; ```gan fragment is declarations, read together
 * with context.gan, of which it replaces what has the same name; ```gan wrong GAN3004 is a fragment with that mistake
 * and no other, and says so to the reader: `// error GAN3004`. ```gan part infogan.gan is what matters of a spec that
 * ships: its lines in its order, where an empty line or `// …` stands for what is left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { Declaration } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import { root } from './page.ts';

export interface Block {
  /** `docs/language.md:12`: where its first line stands. */
  readonly place: string;
  readonly text: string;
  readonly sort: 'whole' | 'fragment' | 'wrong' | 'part';
  /** Of a wrong one: the code that it shows. */
  readonly code: string | null;
  /** Of a part: the file in specs/. */
  readonly spec: string | null;
}

const folders = ['docs', 'docs/tried', 'docs/zh'];

export function blocks(): Block[] {
  const pages = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  return ['README.md', ...pages].flatMap(blocksOf);
}

function blocksOf(path: string): Block[] {
  const page = readFileSync(join(root, path), 'utf8');
  return [...page.matchAll(/^```gan([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const [, info, text] = match;
    const place = `${path}:${page.slice(0, match.index).split('\n').length + 1}`;
    return { place, text, ...sortOf(info.trim(), place) };
  });
}

function sortOf(info: string, place: string): Pick<Block, 'sort' | 'code' | 'spec'> {
  if (info === '') return { sort: 'whole', code: null, spec: null };
  if (info === 'fragment') return { sort: 'fragment', code: null, spec: null };
  const [, code] = /^wrong (GAN\d{4})$/.exec(info) ?? [];
  if (code !== undefined) return { sort: 'wrong', code, spec: null };
  const [, spec] = /^part (\S+\.gan)$/.exec(info) ?? [];
  if (spec !== undefined) return { sort: 'part', code: null, spec: `specs/${spec}` };
  throw new Error(`${place}: a spec is marked \`${info}\``);
}

// ---------------------------------------------------------------- parts of shipped specs

/** Fails unless each stretch of the block's lines stands in the spec as it is, one below the other. */
export function assertPart(block: string, spec: string): void {
  const lines = spec.split('\n').filter((line) => line.trim() !== '');
  const stretches = block.split(/\n(?: *\/\/ …)?(?=\n)/).map((text) => text.split('\n').filter(Boolean));
  let at = 0;
  for (const stretch of stretches.filter(({ length }) => length > 0)) {
    const found = lines.findIndex((_, i) => i >= at && stretch.every((line, j) => lines[i + j] === line));
    assert(found >= 0, `not in the spec, or not in this order:\n${stretch.join('\n')}`);
    at = found + stretch.length;
  }
}

// ---------------------------------------------------------------- fragments in their context

const context = readFileSync(join(root, 'test', 'docs', 'context.gan'), 'utf8');

/** The fragment first, then what it does not declare itself. */
export function inContext(fragment: string, path: string): string {
  const keys = new Set(declarationsIn(fragment, path).flatMap(keysOf));
  const kept = declarationsIn(context, 'context.gan').filter((d) => !keysOf(d).some((key) => keys.has(key)));
  return [fragment, ...kept.map(({ span }) => context.slice(span.start, span.end))].join('\n');
}

const declarationsIn = (text: string, path: string): readonly Declaration[] =>
  parse({ path, text }).spec.declarations;

/** `train` and the header stand once; reports may stand beside each other. */
function keysOf(declaration: Declaration): string[] {
  if ('name' in declaration && declaration.kind !== 'Profile' && declaration.kind !== 'Header')
    return [`name ${declaration.name.name}`];
  return declaration.kind === 'Train' ? ['train'] : [];
}

/** What fragments leave open: who trains, shows or uses what they declare. */
const open = new Set(['GAN4002', 'GAN4003', 'GAN4004', 'GAN4005']);

/** The diagnostics that are the fragment's own; a wrong one may show an open end itself. */
export function ownDiagnostics(block: Block, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(
    ({ code, span }) => span.start <= block.text.length && (!open.has(code) || code === block.code),
  );
}
