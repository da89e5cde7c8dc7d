/** Class numbers of a data set: whole numbers from 0 to below the number of classes, or the file's row is named. */
import { FileError } from '../formats/file-error.ts';

/** The labels themselves; FileError at the first that is no class. */
export function checkLabels<T extends ArrayLike<number>>(labels: T, classes: number, path: string): T {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new FileError(path, `row ${row}`, `label ${label}, where classes are 0 to ${classes - 1}`);
    }
  }
  return labels;
}
