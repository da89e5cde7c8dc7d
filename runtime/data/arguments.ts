/**
 * Arguments of sources, as the checker hands them over (defaults filled in, kinds right): read with their types,
 * and the conditions that several sources share. A bad one is an Error with a sentence; the checker shows it.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';

/** The whole number called `name`, from `least` to `most`: a source holds its rows in memory. */
export function count(
  args: SourceArguments,
  name: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = args[name];
  const whole = typeof value === 'number' && Number.isInteger(value) && value >= least;
  if (whole && value <= most) return value;
  const to = whole || most < Number.MAX_SAFE_INTEGER ? ` to ${most.toLocaleString('en')}` : '';
  throw new Error(`${name} is a whole number from ${least}${to}, not ${String(value)}`);
}

/** The same, or null where it was left out. */
export function countOrNull(args: SourceArguments, name: string, least: number): number | null {
  return args[name] === null || args[name] === undefined ? null : count(args, name, least);
}

export function real(args: SourceArguments, name: string): number {
  const value = args[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`${name} is a number, not ${String(value)}`);
}

export function text(args: SourceArguments, name: string): string {
  const value = args[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${name} is a text, not ${JSON.stringify(value)}`);
}

export function textOrNull(args: SourceArguments, name: string): string | null {
  return args[name] === null || args[name] === undefined ? null : text(args, name);
}

/** The names in a text, `x, y`; one with a comma stands between single quotes, `x, 'y, in cm'`, where `''` is one of them. */
export function namesIn(args: SourceArguments, name: string): string[] {
  const given = text(args, name);
  const names: string[] = [];
  for (let at = 0; at <= given.length;) {
    const [whole, quoted, plain = ''] = oneName.exec(given.slice(at)) ?? [];
    const one = quoted === undefined ? plain.trim() : quoted.replaceAll("''", "'");
    if (whole === undefined || one === '')
      throw new Error(
        `${name} is a text of names with commas between them, "x, y"; a name with a comma stands between single quotes: "x, 'y, in cm'"`,
      );
    names.push(one);
    at += whole.length;
    if (!whole.endsWith(',')) break;
  }
  return names;
}

/** Up to the comma behind it, or to the end. */
const oneName = /^\s*(?:'((?:[^']|'')*)'\s*|([^,]*))(?:,|$)/;

/** The text of which namesIn makes these names. */
export const namesText = (names: readonly string[]): string =>
  names.map((name) => (/^'|,|^\s|\s$/.test(name) ? `'${name.replaceAll("'", "''")}'` : name)).join(', ');

/** Two numbers, [low, high]; null where they were left out. */
export function rangeOrNull(args: SourceArguments, name: string): readonly [number, number] | null {
  const range = args[name];
  if (range === null || range === undefined) return null;
  const bounds: readonly number[] = Array.isArray(range) ? range : [];
  if (bounds.length === 2 && bounds[0] < bounds[1]) return [bounds[0], bounds[1]];
  throw new Error(`${name} is two numbers, [low, high]`);
}

/** The arguments with the defaults of the parameters that were left out. */
export function withDefaults(params: readonly ParamSpec[], args: SourceArguments): SourceArguments {
  const defaults = params.filter(({ default: value }) => value !== undefined);
  return {
    ...Object.fromEntries(defaults.map(({ name, default: value }) => [name, value ?? null])),
    ...args,
  };
}

const whatIsUnusable = ['error', 'skip'];

/** Whether files that can't be used are left out; `what`: which these are. */
export const unusableParam = (what: string): ParamSpec => ({
  name: 'unusable',
  type: 'choice',
  default: 'error',
  choices: whatIsUnusable,
  doc: `${what}: an error, or left out and named`,
});

/** Throws Error with a sentence. */
export function skips({ unusable }: SourceArguments): boolean {
  if (whatIsUnusable.includes(String(unusable))) return unusable === 'skip';
  throw new Error(`unusable is one of ${whatIsUnusable.join(', ')}`);
}
