/**
 * What `ganc run` was told of a run, as run.json keeps it, and the options that tell it again. In: settings; out: options, or in
 * which of them two runs differ.
 */
import type { RunInfo } from './run-directory.ts';

/** All of run.json but what was found out: what is added to it is a setting too, and stands below. */
export type Settings = Omit<
  RunInfo,
  'format' | 'params' | 'device' | 'folder' | 'data' | 'machine' | 'program'
>;

/** All of them by name, also those that nobody said: where settings are put together, none is forgotten. */
export type EverySetting = { readonly [Name in keyof Required<Settings>]: Settings[Name] };

export interface Said {
  readonly name: keyof Settings;
  /** `--set` */
  readonly flag: string;
  /** As typed after it: `width=16`. */
  readonly value: string;
}

type Some = Partial<Settings>;

const one = (value: string | number | null | undefined): string[] => (value == null ? [] : [String(value)]);

/** Each setting's flag, and what stands behind it, once for each time that it is given. */
const options: Readonly<Record<keyof Settings, readonly [flag: string, values: (of: Some) => string[]]>> = {
  profile: ['--profile', ({ profile }) => one(profile)],
  set: ['--set', ({ set = {} }) => Object.entries(set).map(([name, value]) => `${name}=${value}`)],
  accumulate: ['--accumulate', ({ accumulate }) => (accumulate === 1 ? [] : one(accumulate))],
  best: ['--best', ({ best }) => one(best && `${ways[best.better]}:${best.metric}`)],
  patience: ['--patience', ({ patience }) => one(patience)],
  seed: ['--seed', ({ seed }) => one(seed)],
};

const ways = { lower: 'lowest', higher: 'highest' } as const;

/** The options that tell all of it, in the order of the list. */
export const optionsOf = (settings: Settings): Said[] =>
  (Object.keys(options) as (keyof Settings)[]).flatMap((name) => saidOf(settings, name));

/** Those of one setting; none where it is as if nobody had said anything. */
export function saidOf(settings: Some, name: keyof Settings): Said[] {
  const [flag, values] = options[name];
  return values(settings).map((value) => ({ name, flag, value }));
}

/** In words, but for the seed: `profile tiny`, `width=16`, `accumulate 2`. */
export const settingWords = (settings: Settings): string[] =>
  optionsOf(settings)
    .filter(({ name }) => name !== 'seed')
    .map(({ name, value }) => (name === 'set' ? value : `${name} ${value}`));

/** In which two differ, but for the seed: flags, and names of params. */
export function settingsThatDiffer(a: Settings, b: Settings): string[] {
  const [then, now] = [a, b].map((one) => optionsOf({ ...one, seed: 0 }));
  const isIn = (list: readonly Said[], { flag, value }: Said): boolean =>
    list.some((other) => other.flag === flag && other.value === value);
  const differing = [...then.filter((one) => !isIn(now, one)), ...now.filter((one) => !isIn(then, one))];
  return [
    ...new Set(differing.map(({ flag, name, value }) => (name === 'set' ? value.split('=')[0] : flag))),
  ];
}
