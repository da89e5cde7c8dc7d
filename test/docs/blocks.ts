/**
 * The specs in the documentation. A ```gan block is a whole spec; ```gan fragment is declarations, read together
 * with context.gan, of which it replaces what has the same name; ```gan wrong GAN3004 is a fragment with that mistake
 * and no other, and says so to the reader: `// error GAN3004`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Declaration } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import { root } from './page.ts';

export interface Block {
  /** `docs/language.md:12`: where its first line stands. */
  readonly place: string;
  readonly text: string;
  readonly sort: 'whole' | 'fragment' | 'wrong';
  /** Of a wrong one: the code that it shows. */
  readonly code: string | null;
}

export function blocks(): Block[] {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.sort().map((name) => `docs/${name}`)].flatMap(blocksOf);
}

function blocksOf(path: string): Block[] {
  const page = readFileSync(join(root, path), 'utf8');
  return [...page.matchAll(/^```gan([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const [, info, text] = match;
    const place = `${path}:${page.slice(0, match.index).split('\n').length + 1}`;
    return { place, text, ...sortOf(info.trim(), place) };
  });
}

function sortOf(info: string, place: string): Pick<Block, 'sort' | 'code'> {
  if (info === '') return { sort: 'whole', code: null };
  if (info === 'fragment') return { sort: 'fragment', code: null };
  const [, code] = /^wrong (GAN\d{4})$/.exec(info) ?? [];
  if (code === undefined) throw new Error(`${place}: a spec is marked \`${info}\``);
  return { sort: 'wrong', code };
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
