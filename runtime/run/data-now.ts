/** What a run's data is now. In: its streams and their folder; out: a description of each, to be compared with run.json's. */
import type { DataDescription } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { sources } from '../catalogue.ts';
import { requireAllowed } from '../data/allowed.ts';
import type { Watch } from '../data/pack.ts';

/** Who is told how far the look through a source's large files is. */
export type Looking = (source: string) => { readonly watch: Watch; end(): void };

/** By stream; absent: its files are gone. `folder`: what their paths start from. Throws FileError for files that can't be read. */
export function dataNow(
  { streams }: Pick<Manifest, 'streams'>,
  folder: string,
  looking?: Looking,
): Record<string, DataDescription> {
  const found = streams.map(({ name, source, args }) => {
    const known = sources[source];
    if (known !== undefined) requireAllowed(known.signature.params, args, folder);
    const shown = looking?.(source);
    try {
      return [name, known?.describe(args, folder, shown?.watch) ?? null] as const;
    } finally {
      shown?.end();
    }
  });
  return Object.fromEntries(found.flatMap(([name, it]) => (it === null ? [] : [[name, it] as const])));
}
