/**
 * A file that isn't what it should be. Readers throw this one error: which file, where in it (a byte, a row), what
 * is wrong. The command line prints it without a stack: it is the data's fault, not the program's.
 */

export class FileError extends Error {
  readonly path: string;

  /** `where` is such as `byte 4` or `row 17`; null when the whole file is meant. */
  constructor(path: string, where: string | null, what: string) {
    super(where === null ? `${path}: ${what}` : `${path}, ${where}: ${what}`);
    this.name = 'FileError';
    this.path = path;
  }
}
