/**
 * JSON that may come from another version, a killed process or a stranger: looked at a part at a time, and nothing is
 * believed of it. What is missing or of another type is `null` or empty, never an error.
 */

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under a key (and the key under that, ...); null where there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return null;
    found = found[key];
  }
  return found;
}

export const textAt = (value: unknown, ...keys: readonly string[]): string | null => {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : null;
};

/** Finite numbers alone. */
export const numberAt = (value: unknown, ...keys: readonly string[]): number | null => {
  const found = at(value, ...keys);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};

export const listAt = (value: unknown, ...keys: readonly string[]): readonly unknown[] => {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
};

export const textsAt = (value: unknown, ...keys: readonly string[]): string[] =>
  listAt(value, ...keys).filter((one) => typeof one === 'string');

/** Keys and values, in their order. */
export const entriesAt = (value: unknown, ...keys: readonly string[]): [string, unknown][] => {
  const found = at(value, ...keys);
  return isObject(found) ? Object.entries(found) : [];
};

/** A line or file of JSON; null where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
