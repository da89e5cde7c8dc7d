/** An open source made again from its recipe, as a thread does that reads its rows beside the one that opened it. */
import { convertSource } from './convert.ts';
import { moving } from './moving.ts';
import type { Stored } from './pack.ts';
import { packedSounds } from './packed-sounds.ts';
import { openRecords } from './records.ts';
import type { OpenSource, Recipe, StoredColumn } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

/** Reads the same rows to the bit. Throws FileError where a pack is no longer what it was. */
export function reopened(recipe: Recipe): OpenSource {
  if (recipe.kind === 'converted') return convertSource(reopened(recipe.of), recipe.fields);
  if (recipe.kind === 'moved') return moving(reopened(recipe.of), recipe.fields, recipe.how);
  if (recipe.kind === 'sounds') return packedSounds(recipe);
  const columns = Object.entries(recipe.columns).map(([name, column]) => [name, opened(column)] as const);
  return tableSource(recipe.fields, Object.fromEntries(columns), recipe.selected);
}

const isStored = (data: StoredColumn['data']): data is Stored => 'kind' in data;

const opened = ({ data, ...rest }: StoredColumn): Column => ({
  ...rest,
  data: isStored(data) ? openRecords(data) : data,
});
