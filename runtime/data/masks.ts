/**
 * Masks as rows: class numbers fitted as the picture beside them, by the nearest pixel, since there is nothing between two
 * classes. In: a mask; out: a byte a pixel, which a table unfolds into a channel for each class (one-hot).
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import type { Mask } from '../formats/mask.ts';
import { count } from './arguments.ts';
import { fitNearest } from './fit.ts';
import type { Made } from './pictures.ts';

/** The number that is no class, as PASCAL VOC marks outlines: 0 in every channel. Also what `contain` adds. */
export const noClass = 255;

export const masksParam: ParamSpec = {
  name: 'masks',
  type: 'int',
  default: null,
  doc: '`b` are masks of so many classes: PNG files whose pixels are class numbers (gray levels or palette indices; 255: none), as one channel a class, never interpolated',
};

/** null: they are pictures. Throws Error with a sentence. */
export const masksOf = (args: SourceArguments): number | null =>
  args.masks === null || args.masks === undefined ? null : count(args, 'masks', 2, noClass);

/** The mask made so, into `out` at `at`. Throws FileError at a number that is none of the classes. */
export function makeMask(
  { width, height, classes }: Mask,
  { size, fit }: Made,
  { masks, path }: { readonly masks: number; readonly path: string },
  out: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] < masks || classes[i] === noClass) continue;
    throw new FileError(
      path,
      `row ${Math.floor(i / width)}, column ${i % width}`,
      `class ${classes[i]}, where masks: says ${masks} (0 to ${masks - 1}, and ${noClass} for none)`,
    );
  }
  out.fill(noClass, at, at + size[0] * size[1]);
  fitNearest(classes, [height, width], size, fit, out, at);
}
