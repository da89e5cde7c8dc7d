/**
 * A file that isn't what it should be. Readers throw this one error: which file, where in it (a byte, a row), what
 * is wrong. The command line prints it without a stack: it is the data's fault, not the program's.
 */

/** What `work` gives of a file; throws FileError with what the disk said. */
export function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new FileError(path, null, (error as Error).message);
  }
}

export class FileError extends Error {
  readonly path: string;

  /** `where` is such as `byte 4` or `row 17`; null when the whole file is meant. */
  constructor(path: string, where: string | null, what: string) {
    super(where === null ? `${path}: ${what}` : `${path}, ${where}: ${what}`);
    this.name = 'FileError';
    this.path = path;
  }
}

/** As many broken files are named. */
export const mostBroken = 10;

/** One error for all of them, a line for each. `unseen`: others were not looked at. */
export function brokenFiles(errors: readonly FileError[], unseen = false): FileError {
  const [first, ...rest] = errors;
  if (rest.length === 0 && !unseen) return first;
  const named = errors.slice(0, mostBroken).map(({ message }) => `\n  ${message}`);
  const more = errors.length > mostBroken ? `\n  and ${errors.length - mostBroken} more` : '';
  const error = new FileError(first.path, null, '');
  error.message = `${errors.length} files can't be read${unseen ? ', and perhaps others behind them' : ''}:${named.join('')}${more}`;
  return error;
}

/** What `work` gives of each; throws one FileError for all that it throws of. */
export function ofEach<T, R>(items: readonly T[], work: (item: T) => R): R[] {
  const { made, broken } = ofWhole(items, work);
  if (broken.length > 0) throw brokenFiles(broken);
  return made;
}

/** What `work` gives of those that it throws no FileError of, and what it throws of the others. */
export function ofWhole<T, R>(
  items: readonly T[],
  work: (item: T) => R,
): { readonly made: R[]; readonly broken: readonly FileError[] } {
  const broken: FileError[] = [];
  const made = items.flatMap((item) => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      broken.push(error);
      return [];
    }
  });
  return { made, broken };
}
