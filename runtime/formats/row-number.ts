/** Numbers of files as rows have them: they are computed with as 32-bit floats, whatever they are stored as. */

/** Why a number can't stand in a row, as what follows the place; null: it can. */
export function unfit(value: number): string | null {
  if (!Number.isFinite(value)) return `${value}, where numbers must be finite`;
  return Number.isFinite(Math.fround(value))
    ? null
    : `${value}, which 32-bit floats, up to 3.4e38, don't hold`;
}
