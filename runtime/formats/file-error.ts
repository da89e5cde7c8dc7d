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
