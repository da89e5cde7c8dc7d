/**
 * What the fuzz feeds: specs with some tokens changed, as hands and machines spoil them, and specs that the grammar alone
 * allows. In: the number of an input; out: its text, the same in every process, so that a number is all that a failure
 * needs to be seen again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { specs } from '../grammar/generate.ts';
import { changes, tokensOf } from '../check/mutations.ts';
import { numbers } from '../numbers.ts';
import { root } from '../parity/host.ts';

/** No spec longer than this is changed: those cost seconds. */
const longest = 2_500;
/** Nearly all inputs come from specs as short as this: what is long is mostly more of the same, and costs what ten short ones do. */
const short = 600;

function corpus(folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.gan'))
      .map((name) => join(folder, name)),
  );
  const texts = files.sort().map((file) => readFileSync(join(root, file), 'utf8'));
  return texts.filter((text) => text.length <= longest && tokensOf(text).length > 0);
}

/** Specs, and of them the short ones. */
interface Corpus {
  readonly all: readonly string[];
  readonly short: readonly string[];
}

const withShort = (all: readonly string[]): Corpus => ({
  all,
  short: all.filter(({ length }) => length <= short),
});

const every = withShort(corpus(['specs', 'test/cases']));
const texts = every.all;
/** Specs without a mistake; beside them those of which the checker warns, and a few that are wrong. */
const right = withShort(
  corpus([
    'specs',
    'test/cases/compile',
    'test/cases/schedule',
    'test/cases/sketches',
    'test/cases/written',
    'test/cases/faults',
  ]),
);
/** Tokens of all specs: what else might stand there. */
const words = [...new Set(texts.flatMap((text) => tokensOf(text).map((token) => token.text)))].sort();
const odd = [
  '0',
  '-1',
  '1e308',
  '1e15',
  '0.1',
  '2147483648',
  'progress',
  '[]',
  '()',
  '""',
  '"*/"',
  '\\',
  '_',
  'stop',
  'over: rows',
  '|> dense(1)',
  '~',
  '/// x\n',
  '{',
  '}',
  ')',
  '::',
];

/** Another token in the place of one, of any spec or odd by itself. */
function foreign(text: string, pick: (below: number) => number): string {
  const all = tokensOf(text);
  const { start, end } = all[pick(all.length)];
  const by = pick(3) === 0 ? odd[pick(odd.length)] : words[pick(words.length)];
  return text.slice(0, start) + by + text.slice(end);
}

/** A line of another spec among the lines. */
function borrowed(text: string, pick: (below: number) => number): string {
  const lines = text.split('\n');
  const others = texts[pick(texts.length)].split('\n');
  lines.splice(pick(lines.length), 0, others[pick(others.length)]);
  return lines.join('\n');
}

const names = Object.keys(changes);

function changed(text: string, pick: (below: number) => number): string {
  if (tokensOf(text).length === 0) return text;
  const how = pick(names.length + 6);
  if (how >= names.length + 3) return borrowed(text, pick);
  if (how >= names.length) return foreign(text, pick);
  return changes[names[how]](text, pick(1e6), pick(1e6));
}

/** From the grammar: right by syntax, about names that nobody declared. */
const generated = specs(true);

/** The text of an input. */
export function inputAt(index: number): string {
  const pick = numbers(index);
  if (pick(12) === 0) return fc.sample(generated, { seed: index, numRuns: 1 })[0];
  // Many come from specs that are right, with little changed: else few would come to the later passes.
  const gentle = pick(2) === 0;
  const from = (gentle ? right : every)[pick(30) === 0 ? 'all' : 'short'];
  let text = from[pick(from.length)];
  for (let left = gentle ? 1 : 1 + pick(pick(3) === 0 ? 6 : 2); left > 0; left--) text = changed(text, pick);
  return text;
}
