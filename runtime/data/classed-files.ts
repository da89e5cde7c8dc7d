/**
 * Files that folders may divide into classes (`faces/<label>/*.jpg`): the arguments that say so, and which files they
 * choose. In: what a pattern found, one or several files a row; out: the rows that are wanted, and their class numbers.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { countOrNull, withDefaults } from './arguments.ts';
import { classesOf, classesParam, givenClasses, labelCount } from './labels.ts';
import { findFolders, patternWords } from './pattern.ts';
import type { Found } from './pattern.ts';
import { checkExamples, exampleParams, selected } from './selection.ts';

const splits = ['all', 'fit', 'validate'];

export const classedParams: readonly ParamSpec[] = [
  {
    name: 'labels',
    type: 'int',
    default: null,
    doc: 'how many classes `<label>` names; default: those of `classes`',
  },
  classesParam('names at `<label>`'),
  {
    name: 'split',
    type: 'choice',
    default: 'all',
    choices: splits,
    parts: { all: ['fit', 'validate'] },
    doc: 'validate: the last tenth of each class; fit: the rest',
  },
  ...exampleParams,
];

export interface Classed {
  /** null: without labels. */
  readonly labels: number | null;
  /** null: they are found in the data. */
  readonly classes: readonly string[] | null;
  readonly split: string;
  readonly args: SourceArguments;
}

/** Throws Error with a sentence on arguments that can't be meant. `words`: those between brackets in the patterns. */
export function classedOf(given: SourceArguments, words: readonly string[]): Classed {
  const args = withDefaults(classedParams, given);
  const split = String(args.split);
  if (!splits.includes(split)) throw new Error(`split is one of ${splits.join(', ')}`);
  const classes = givenClasses(args);
  const labels = labelCount(args, classes);
  if (labels === null && words.length > 0)
    throw new Error('labels: must say how many classes <label> names, or classes: what they are called');
  if (labels !== null && words.length === 0) throw new Error('labels: needs a <label> in the pattern');
  if (labels !== null) checkExamples(args, labels);
  else if (countOrNull(args, 'examples', 1) !== null) throw new Error('examples: needs labels to balance by');
  return { labels, classes, split, args };
}

/** The words of a pattern, of which there may be one, <label>. */
export function labelWords(pattern: string): string[] {
  const words = patternWords(pattern);
  if (words.some((word) => word !== 'label') || words.length > 1)
    throw new Error(`a pattern may name one <label>, not ${words.map((word) => `<${word}>`).join(', ')}`);
  return words;
}

export interface Chosen<T> {
  readonly rows: readonly T[];
  readonly labels: Uint32Array;
  readonly classes: readonly string[];
}

/**
 * The rows that the arguments choose of those found, and their classes. Throws FileError at `path` where the folders are
 * other classes than the arguments say; `empty`: folders that hold nothing, asked for then.
 */
export function chosenOf<T extends Pick<Found, 'words'>>(
  found: readonly T[],
  { labels: number, classes: given, split, args }: Classed,
  path: string,
  empty: () => readonly string[],
): Chosen<T> {
  if (found.length === 0) return { rows: [], labels: new Uint32Array(), classes: [] };
  const bare = number === null ? [] : empty();
  const more = bare.length === 0 ? '' : `; no such file in ${bare.join(', ')}`;
  const names = found.map(({ words }) => words.label ?? '');
  const place = { path, word: 'folder', more };
  const classes = number === null ? [''] : classesOf(names, given, number, place);
  const index = new Map(classes.map((name, i) => [name, i]));
  const labels = Uint32Array.from(names, (name) => index.get(name) ?? 0);
  const part = splitRows(split, labels, classes.length);
  const rows = number === null ? part : selected(args, part, labels, number);
  return { rows: Array.from(rows, (row) => found[row]), labels: rows.map((row) => labels[row]), classes };
}

/** Folders that would be classes, and hold no file that fits the pattern. */
export function emptyFolders(pattern: string, folder: string, files: readonly Found[]): string[] {
  const full = new Set(files.map(({ words }) => words.label));
  const empty = findFolders(pattern, folder).flatMap(({ words }) =>
    words.label === undefined || full.has(words.label) ? [] : [words.label],
  );
  return [...new Set(empty)];
}

/** Rows of a split: of each class, in the order of names, the last tenth is for validation. */
function splitRows(split: string, labels: Uint32Array, classes: number): Uint32Array {
  const totals = new Array<number>(classes).fill(0);
  for (const label of labels) totals[label]++;
  const seen = new Array<number>(classes).fill(0);
  return Uint32Array.from(labels.keys()).filter((row) => {
    const label = labels[row];
    const validates = seen[label]++ >= totals[label] - Math.floor(totals[label] / 10);
    return split === 'all' || validates === (split === 'validate');
  });
}

/** Classes that no row has. */
export function missingClasses({ labels, classes }: Chosen<unknown>): string[] {
  return classes.filter((_, label) => !labels.includes(label));
}
