/**
 * Names in natural order: runs of digits count as numbers, so that 2 comes before 10. Everywhere the same: no locale takes
 * part. Class numbers of folders follow it.
 */

const parts = (name: string): string[] => name.match(/\d+|\D+/g) ?? [];

/** Below 0 where `a` comes first; 0 only for equal names. */
export function naturally(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compared(left[i], right[i]);
    if (order !== 0) return order;
  }
  // 01 and 1 are one number: the text decides.
  return left.length - right.length || byText(a, b);
}

function compared(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return byText(a, b);
  const [left, right] = [a, b].map((digits) => digits.replace(/^0+(?=\d)/, ''));
  return left.length - right.length || byText(left, right);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
