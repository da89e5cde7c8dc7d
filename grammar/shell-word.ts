/** Words of a command that a message gives to type: they mean the same to a POSIX shell, whatever is in them. */

/** Blanks, `$`, quotes and the like are quoted. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;

/** The same of a path, which is no option if it begins with a dash. */
export const shellPath = (path: string): string => shellWord(path.startsWith('-') ? `./${path}` : path);
