/**
 * The pages of docs/tutorial as their readers type them: blocks in order, each with what its info string says it is.
 *
 *   ```gan ring.gan          the whole of docs/tutorial/ring.gan
 *   ```gan part own.gan      lines that stand in it, one below the other
 *   ```gan change ring.gan   declarations that replace what has the same name in it (and `train`), or are added
 *   ```gan wrong ring.gan    such a change with a mistake; the block of `text` below it is what `ganc check` prints
 *   ```sh                    commands, a line each
 *   ```text runs/my-1        names below that folder, one at the beginning of each line
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { Declaration } from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { root } from './page.ts';

export const tutorial = join('docs', 'tutorial');

export interface Step {
  /** `docs/tutorial/2-types.md:12`: where its first line stands. */
  readonly place: string;
  readonly language: 'gan' | 'sh' | 'text';
  readonly info: readonly string[];
  readonly text: string;
  /** All of it, fences included, as it stands in its page. */
  readonly block: string;
}

/** By page, in the order in which they are read. */
export function pages(): Readonly<Record<string, readonly Step[]>> {
  const names = readdirSync(join(root, tutorial)).filter((name) => name.endsWith('.md'));
  return Object.fromEntries(names.sort().map((name) => [name, stepsOf(`docs/tutorial/${name}`)]));
}

function stepsOf(path: string): Step[] {
  const page = readFileSync(join(root, path), 'utf8');
  return [...page.matchAll(/^```(\w*)([^\n]*)\n(.*?)^```$/gms)].map(
    ({ 0: block, 1: language, 2: info, 3: text, index }) => {
      const place = `${path}:${page.slice(0, index).split('\n').length + 1}`;
      if (language !== 'gan' && language !== 'sh' && language !== 'text')
        throw new Error(`${place}: a block of \`${language}\`, which no test reads`);
      return { place, language, info: info.trim().split(' ').filter(Boolean), text, block };
    },
  );
}

/** The spec as its reader has it after the change: in the old one's place, or above `train`. */
export function changed(spec: string, change: string): string {
  const old = declarationsIn(spec);
  const edits = declarationsIn(change).map((declaration) => {
    const replaced = old.find((candidate) => keyOf(candidate) === keyOf(declaration));
    const train = old.find(({ kind }) => kind === 'Train')!;
    const text = change.slice(declaration.span.start, declaration.span.end);
    if (replaced === undefined)
      return { start: train.span.start, end: train.span.start, text: `${text}\n\n` };
    return { start: replaced.span.start, end: replaced.span.end, text };
  });
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), spec);
}

const declarationsIn = (text: string): readonly Declaration[] =>
  parse({ path: 'tutorial.gan', text }).spec.declarations;

const keyOf = (declaration: Declaration): string =>
  declaration.kind !== 'Train' && 'name' in declaration ? declaration.name.name : declaration.kind;

/** The page with another text in that block. */
export function withText(page: string, { block }: Step, other: string): string {
  const [fence] = block.split('\n');
  assert.equal(page.split(block).length, 2, 'the block stands once in its page');
  return page.replace(block, () => `${fence}\n${other.trimEnd()}\n\`\`\``);
}
