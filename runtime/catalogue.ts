/**
 * All data sources, metrics, pictures and sounds there are, in the order that the reference shows them; and the half of them
 * that the compiler sees. To add one: write its file, name it here.
 */
import type { Catalogue } from '../program/catalogue.ts';
import type { Manifest, StreamEntry } from '../program/manifest.ts';
import { requireAllowed } from './data/allowed.ts';
import { convertSource, requireRanges } from './data/convert.ts';
import { csv } from './data/csv.ts';
import { gaussians } from './data/gaussians.ts';
import { hdf5 } from './data/hdf5.ts';
import { idx } from './data/idx.ts';
import { images } from './data/images.ts';
import { mnistM } from './data/mnist-m.ts';
import { mnist } from './data/mnist.ts';
import { npz } from './data/npz.ts';
import { pairs } from './data/pairs.ts';
import { parquet } from './data/parquet.ts';
import type { Glance, OpenSource, Packing, Source } from './data/source.ts';
import { FileError } from './formats/file-error.ts';
import { speech as speechFiles } from './data/speech.ts';
import { table } from './data/typed-table.ts';
import { voices } from './data/voices.ts';
import { accuracy } from './reports/metrics/accuracy.ts';
import { coverage } from './reports/metrics/coverage.ts';
import { frechet } from './reports/metrics/frechet.ts';
import { inceptionScore } from './reports/metrics/inception-score.ts';
import { kid } from './reports/metrics/kid.ts';
import { knnAccuracy } from './reports/metrics/knn-accuracy.ts';
import { density, neighbourCoverage, precision, recall } from './reports/metrics/manifold.ts';
import { matchedAccuracy } from './reports/metrics/matched-accuracy.ts';
import type { Metric } from './reports/metrics/metric.ts';
import { mean, std } from './reports/metrics/moments.ts';
import { probe } from './reports/metrics/probe.ts';
import { embedding } from './reports/pictures/embedding.ts';
import { grid } from './reports/pictures/grid.ts';
import type { Picture } from './reports/pictures/picture.ts';
import { rows } from './reports/pictures/rows.ts';
import { scatter } from './reports/pictures/scatter.ts';
import { spectrograms } from './reports/pictures/spectrograms.ts';
import { traverse } from './reports/pictures/traverse.ts';
import type { Sound } from './reports/sounds/sound.ts';
import { speech } from './reports/sounds/speech.ts';
import { wave } from './reports/sounds/wave.ts';

export const sources: Readonly<Record<string, Source>> = byName([
  mnist,
  mnistM,
  idx,
  images,
  pairs,
  npz,
  hdf5,
  csv,
  table,
  parquet,
  gaussians,
  speechFiles,
  voices,
]);

export const metrics: Readonly<Record<string, Metric>> = byName([
  mean,
  std,
  accuracy,
  matchedAccuracy,
  knnAccuracy,
  probe,
  frechet,
  kid,
  inceptionScore,
  precision,
  recall,
  density,
  neighbourCoverage,
  coverage,
]);

export const pictures: Readonly<Record<string, Picture>> = byName([
  grid,
  rows,
  traverse,
  embedding,
  scatter,
  spectrograms,
]);

export const sounds: Readonly<Record<string, Sound>> = byName([speech, wave]);

/** What the compiler is handed. */
export const catalogue: Catalogue = {
  sources: signatures(sources),
  metrics: signatures(metrics),
  pictures: { ...signatures(pictures), ...signatures(sounds) },
};

/**
 * Opens a program's stream: its source, converted to the types that the program wants. `folder` is the spec's.
 * Rejects with a FileError if the files are wrong. Whether they are still those that the program was compiled with is for
 * the caller to compare (`describe`): it knows what was forced.
 */
export async function openStream(
  entry: Pick<StreamEntry, 'name' | 'source' | 'args' | 'fields'>,
  folder: string,
): Promise<OpenSource> {
  const source = sources[entry.source];
  if (source === undefined) throw new Error(`data ${entry.name}: there is no source ${entry.source}`);
  requireAllowed(source.signature.params, entry.args, folder);
  const opened = await source.open(entry.args, folder);
  const stream = convertSource(opened, entry.fields);
  try {
    requireRanges(stream, opened.fields);
  } catch (error) {
    throw new FileError(`data ${entry.name}`, null, (error as Error).message);
  }
  return stream;
}

/** The stream's first rows, `rows` at most, and what is known of all, for a look; null where it has to be opened for that. */
export async function glanceStream(
  { source, args, fields }: Pick<StreamEntry, 'source' | 'args' | 'fields'>,
  folder: string,
  rows: number,
): Promise<Glance | null> {
  const found = sources[source];
  if (found?.glance === undefined) return null;
  requireAllowed(found.signature.params, args, folder);
  const glance = await found.glance(args, folder, rows);
  return glance && { ...glance, first: convertSource(glance.first, fields) };
}

/** Packs the stream's rows where they are too large for memory, or `always`; null where nothing is to be packed. */
export async function packStream(
  { source, args }: Pick<StreamEntry, 'source' | 'args'>,
  folder: string,
  how: Packing,
): Promise<{ readonly bytes: number } | null> {
  const found = sources[source];
  if (found !== undefined) requireAllowed(found.signature.params, args, folder);
  return (await found?.pack?.(args, folder, how)) ?? null;
}

/** All of a program's streams by their names, as openStream opens one. */
export async function openStreams(
  { streams }: Pick<Manifest, 'streams'>,
  folder: string,
): Promise<Record<string, OpenSource>> {
  const opened: Record<string, OpenSource> = {};
  for (const entry of streams) opened[entry.name] = await openStream(entry, folder);
  return opened;
}

interface Named {
  readonly signature: { readonly name: string };
}

function byName<T extends Named>(list: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(list.map((one) => [one.signature.name, one]));
}

function signatures<S>(
  table: Readonly<Record<string, { readonly signature: S }>>,
): Readonly<Record<string, S>> {
  return Object.fromEntries(Object.entries(table).map(([name, { signature }]) => [name, signature]));
}
