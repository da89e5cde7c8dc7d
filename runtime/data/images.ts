/**
 * `images("faces/<label>/*.jpg", size: 64, labels: 10)`: a folder of JPEG, PNG or WebP files. Each is fitted to the size
 * (fit.ts) and kept as bytes. Arguments → records { image, label }; labels are the folders' names in natural order.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError, ofEach } from '../formats/file-error.ts';
import { readPicture } from '../formats/picture.ts';
import { skips, text, unusableParam, withDefaults } from './arguments.ts';
import {
  chosenOf,
  classedOf,
  classedParams,
  emptyFolders,
  labelWords,
  missingClasses,
} from './classed-files.ts';
import type { Chosen, Classed } from './classed-files.ts';
import { described, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { isLarge, packRecords, recordsOf } from './records.ts';
import type { Size } from './fit.ts';
import type { PackPlan, Watch } from './pack.ts';
import { larger, moving, movingOf, movingParams } from './moving.ts';
import type { Moving } from './moving.ts';
import type { Found } from './pattern.ts';
import {
  bytesOf,
  channelsOf,
  firstThree,
  fitOf,
  fitParam,
  headOf,
  make,
  pictureFiles,
  pictureNotices,
  picturePlan,
  sizeOf,
  sizeParam,
} from './pictures.ts';
import type { Head, Made } from './pictures.ts';
import type { OpenSource, Source } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';
import { orSkip, usableOf } from './unusable.ts';

const params: readonly ParamSpec[] = [
  { name: 'files', type: 'string', doc: 'a pattern: `*` is any name, `<label>` a name that is a class' },
  sizeParam,
  { name: 'channels', type: 'int', default: 3, doc: '3 for colours, 1 for gray' },
  fitParam,
  unusableParam('what is cut, damaged or no picture'),
  ...classedParams,
  ...movingParams,
];

interface Wanted extends Made, Classed {
  readonly pattern: string;
  /** Whether what can't be read is left out. */
  readonly skip: boolean;
  /** Of the field: what is made is larger where it is moved. */
  readonly shown: Size;
  readonly moving: Moving;
}

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  const [shown, moves] = [sizeOf(args), movingOf(args)];
  const channels = channelsOf(args.channels);
  const made: Made = { size: larger(shown, moves), channels, fit: fitOf(args) };
  const pattern = text(args, 'files');
  const skip = skips(args);
  return { pattern, skip, shown, moving: moves, ...made, ...classedOf(args, labelWords(pattern)) };
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const { channels, shown, labels } = wanted(given);
  const image: FieldType = { kind: 'image', shape: [channels, ...shown], range: [0, 1] };
  return labels === null ? { image } : { image, label: { kind: 'label', shape: [], classes: labels } };
}

type Files = Chosen<Found> & { readonly skipped: readonly string[] };

/** The files that the arguments choose, and their classes; no file where nothing fits the pattern. */
function choose(what: Wanted, folder: string, watch?: Watch): Files {
  const { files, others } = pictureFiles(what.pattern, folder);
  const { usable, skipped } = what.skip ? usableOf(files, folder, watch) : { usable: files, skipped: [] };
  const place = inFolder(folder, what.pattern);
  if (usable.length === 0 && skipped.length > 0)
    throw new FileError(place, null, `no picture that can be used: ${firstThree(skipped)}`);
  const empty = (): string[] => emptyFolders(what.pattern, folder, usable);
  return { ...chosenOf(usable, what, place, empty), skipped: [...others, ...skipped] };
}

function planOf(what: Wanted, { rows, classes }: Chosen<Found>, folder: string): PackPlan {
  return picturePlan(() => contentHash(what, rows, classes), {
    of: inFolder(folder, what.pattern),
    count: rows.length,
    width: bytesOf(what),
    async record(row) {
      const { path } = rows[row];
      const bytes = new Uint8Array(bytesOf(what));
      make(await readPicture(readBytes(path), path), what, bytes, 0);
      return bytes;
    },
  });
}

function contentHash(what: Wanted, files: readonly Found[], classes: readonly string[]): string {
  const content = files.map(({ path, words }) => [words.label ?? '', hashFile(path)]);
  return hashOf(JSON.stringify([what.size, what.channels, what.fit, classes, content]));
}

function headsOf(files: readonly Found[]): Head[] {
  try {
    return ofEach(files, ({ path }) => headOf(path));
  } catch (error) {
    return orSkip(files)(error);
  }
}

/** What is odd about the files. */
function notices(what: Wanted, chosen: Chosen<Found>, folder: string): string[] {
  const missing = what.labels === null ? [] : missingClasses(chosen);
  const heads = headsOf(chosen.rows);
  const noPicture = missing.length === 0 ? [] : [`no picture of ${missing.join(', ')}`];
  return [...noPicture, ...pictureNotices(heads, what, folder)];
}

export const images: Source = {
  signature: {
    name: 'images',
    doc: 'JPEG, PNG and WebP files: { image: image[channels,size,size] in [0,1], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder, watch) {
    const what = wanted(given);
    const chosen = choose(what, folder, watch);
    if (chosen.rows.length === 0) return null;
    const plan = planOf(what, chosen, folder);
    const asked = { hash: () => plan.key, notices: () => notices(what, chosen, folder) };
    const onDisk = isLarge(plan);
    return described(plan.count, asked, {
      ...(what.labels !== null && { classes: { label: chosen.classes } }),
      ...(chosen.skipped.length > 0 && { skipped: chosen.skipped }),
      ...(onDisk && { onDisk }),
    });
  },
  async open(given, folder): Promise<OpenSource> {
    const what = wanted(given);
    const chosen = choose(what, folder);
    if (chosen.rows.length === 0) throw new FileError(inFolder(folder, what.pattern), null, 'no such files');
    const data = await recordsOf(planOf(what, chosen, folder)).catch(orSkip(chosen.rows));
    const image = { data, divisor: 255 };
    const types = fields(given);
    const made = { ...types, image: { ...types.image, shape: [what.channels, ...what.size] } };
    const columns: Record<string, Column> = types.label
      ? { image, label: { data: chosen.labels } }
      : { image };
    return moving(tableSource(made, columns), types, what.moving);
  },
  async pack(given, folder, how) {
    const what = wanted(given);
    const chosen = choose(what, folder);
    const plan = chosen.rows.length === 0 ? null : planOf(what, chosen, folder);
    return packRecords(plan, how).catch(orSkip(chosen.rows));
  },
};
