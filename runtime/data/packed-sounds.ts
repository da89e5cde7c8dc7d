/** Rows of sounds whose frames lie in a pack, from plain data: by the thread that opens them, or by one that reads ahead. */
import { openRecords } from './records.ts';
import type { OpenSource, SoundsRecipe } from './source.ts';
import { packedUtterance } from './recordings.ts';
import { recordedRows } from './utterances.ts';

/** Throws FileError where the pack is no longer what it was, Error where there can be no pairs. */
export function packedSounds(recipe: SoundsRecipe): OpenSource {
  const records = openRecords(recipe.stored);
  const utterances = recipe.places.map((place) => packedUtterance(records, recipe.layout, place));
  return { ...recordedRows(utterances, recipe.rows), recipe };
}
