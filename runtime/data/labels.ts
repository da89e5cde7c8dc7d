/**
 * Class numbers of a data set: whole numbers from 0 to below the number of classes, or the file's row is named; and what
 * the classes are called, where a folder, a column or the spec names them.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { countOrNull, textOrNull } from './arguments.ts';
import { naturally } from './natural.ts';

export const classesParam = (of: string): ParamSpec => ({
  name: 'classes',
  type: 'string',
  default: null,
  doc: `what the classes are called, in the order of their numbers: "cat, dog"; default: the ${of} in natural order (2 before 10)`,
});

/** The names of `classes:`; null where it isn't given. Throws Error on a list of fewer than two, or one with a name twice. */
export function givenClasses(args: SourceArguments): readonly string[] | null {
  const list = textOrNull(args, 'classes');
  if (list === null) return null;
  const names = list.split(',').map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.length < 2 || names.includes(''))
    throw new Error('classes is a text of two names or more with commas between them: "cat, dog"');
  if (twice !== undefined) throw new Error(`classes names ${twice} twice`);
  return names;
}

/** How many classes `labels:` says, else as many as have names; null: nobody says. Throws Error where the two differ. */
export function labelCount(args: SourceArguments, classes: readonly string[] | null): number | null {
  const labels = countOrNull(args, 'labels', 2) ?? classes?.length ?? null;
  if (classes === null || classes.length === labels) return labels;
  throw new Error(`classes names ${classes.length} classes, where labels: says ${labels}`);
}

/** The labels themselves; FileError at the first that is no class. `before`: rows that stand before theirs. */
export function checkLabels<T extends ArrayLike<number>>(
  labels: T,
  classes: number,
  path: string,
  before = 0,
): T {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new FileError(
        path,
        `row ${before + row}`,
        `label ${label}, where classes are 0 to ${classes - 1}`,
      );
    }
  }
  return labels;
}

/** As many different texts of a column are kept; classes are fewer. */
export const mostClasses = 100_000;

/** The first of a list of names, for a message. */
export const few = (list: readonly string[]): string =>
  list.slice(0, 12).join(', ') + (list.length > 12 ? ', …' : '');

/**
 * The classes that names found in the data stand for: those given, else the found ones in natural order. Throws a
 * FileError at `path` for a name that is none of those given, or for another number of them than `count`; `word` is what
 * a class is called there ("folder").
 */
export function classesOf(
  found: Iterable<string>,
  given: readonly string[] | null,
  count: number,
  { path, word, more = '' }: { readonly path: string; readonly word: string; readonly more?: string },
): readonly string[] {
  const names = [...new Set(found)].sort(naturally);
  if (given !== null) {
    const strange = names.filter((name) => !given.includes(name));
    if (strange.length === 0) return given;
    throw new FileError(path, null, `${word} ${few(strange)}, which classes: doesn't name (${few(given)})`);
  }
  if (names.length === count) return names;
  throw new FileError(
    path,
    null,
    `${names.length} classes (${few(names)}), where labels: says ${count}${more}`,
  );
}
