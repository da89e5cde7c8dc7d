/** docs/terms.md has every word that was renamed, and nothing but what reads old specs uses one. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Declaration } from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { renamedGameFields, renamedOptimizerArguments } from '../../grammar/renamed.ts';
import { goldenFolder } from '../golden.ts';

const root = join(goldenFolder, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const [, renamed, own] = read('docs/terms.md').split(/^## .*$/m);
/** The first two cells of each row. */
const rows = [...renamed.matchAll(/^\| (`.*?) \| (.*?) \|/gm)].map(([, old, now]) => ({ old, now }));
const wordsIn = (cell: string): string[] => [...cell.matchAll(/`([\w.]+):?`/g)].map(([, word]) => word);

/** What has old words on purpose: the table, what upgrades, what says so, and their tests. */
const exempt =
  /^docs\/(terms\.md|infogan\.train\.mjs)$|^grammar\/renamed\.ts$|^CHANGELOG\.md$|^test\/(cases\/upgrade\/|grammar\/upgrade\.spec\.ts$|docs\/terms\.spec\.ts$|cli\/commands\.spec\.ts$|page\/page\.spec\.ts$|(cases|golden)\/check\/unknown-field-of-result\.)/;

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (/^(node_modules|dist|runs|\..*)$/.test(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(path);
    return /\.(ts|js|mjs|cjs|md|gan|py|txt)$/.test(path) && !exempt.test(path) ? [path] : [];
  });
}

describe('docs/terms.md', () => {
  it('lists the words that --upgrade rewrites', () => {
    const listed = rows.flatMap(({ old }) => wordsIn(old));
    const fields = Object.keys(renamedGameFields).map((field) => `game.${field}`);
    assert.includeMembers(listed, [...fields, ...Object.keys(renamedOptimizerArguments)]);
    assert.include(own, '| spec |');
  });

  it('and nothing else has them: code, specs, pages, tests', () => {
    const old = [
      ...Object.keys(renamedGameFields).map((field) => `\\bgame\\.${field}\\b`),
      ...Object.keys(renamedOptimizerArguments).map((name) => `\\b${name}\\b`),
      '\\b[Vv]ocables?\\b',
    ];
    const word = new RegExp(old.join('|'));
    const folders = [
      'bench',
      'bin',
      'cli',
      'compiler',
      'diagram',
      'docs',
      'grammar',
      'lib',
      'page',
      'program',
      'runtime',
      'setup',
      'specs',
      'test',
    ];
    const files = [...folders.flatMap(filesIn), 'README.md', 'CONTRIBUTING.md'];
    assert.isAbove(files.length, 600);
    assert.deepEqual(
      files.filter((path) => word.test(read(path))),
      [],
    );
  });

  it('nor does a spec that ships declare one of the old names', () => {
    const specs = filesIn('specs').filter((path) => path.endsWith('.gan'));
    const old = rows.flatMap(({ old }) => old.split(';')).flatMap(namesOf);
    const found = specs.flatMap((path) => {
      const declared = parse({ path, text: read(path) }).spec.declarations.flatMap(nameOf);
      return old
        .filter(({ name, of }) => path.includes(of) && declared.includes(name))
        .map(({ name }) => `${path}: ${name}`);
    });
    assert.isAbove(old.length, 30);
    assert.deepEqual(found, []);
  });
});

/** The names of a cell, and of which spec: `` `Judge`, `Turn` of voice_parallel ``. */
function namesOf(cell: string): { name: string; of: string }[] {
  const of = / of (\w+)$/.exec(cell.trim())?.[1] ?? (cell.includes('(voices)') ? 'voice' : '');
  return wordsIn(cell).map((name) => ({ name, of }));
}

const nameOf = (one: Declaration): string[] => ('name' in one ? [one.name.name] : []);
