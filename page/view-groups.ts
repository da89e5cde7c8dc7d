/** Runs that differ in their seeds alone, together. In: chosen runs; out: groups, each with the shortest name that tells it apart. */
import { basename } from 'node:path';
import type { Group } from './view-curves.ts';
import { nameOfRun } from './view-runs.ts';
import { settingWords } from '../runtime/run/settings.ts';
import type { ViewedRun } from './view-runs.ts';

/** Each run by itself. */
export const single = (runs: readonly ViewedRun[]): Group[] => {
  const names = runs.map(nameOfRun);
  const clear = new Set(names).size === names.length;
  return runs.map((run, i) => ({
    name: clear ? names[i] : `${basename(run.folder)}/${names[i]}`,
    runs: [run],
  }));
};

/** Those of one spec with the same settings are one group. */
export function bySettings(runs: readonly ViewedRun[]): Group[] {
  const groups = new Map<string, ViewedRun[]>();
  for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run]);
  const all = [...groups.values()];
  const alone = single(runs);
  return all.map((own) => {
    if (own.length === 1) return alone[runs.indexOf(own[0])];
    return { name: `${settingsOf(own[0], all)}, ${own.length} seeds`, runs: own };
  });
}

const toldOf = ({ facts }: ViewedRun): string[] => settingWords(facts.settings).sort();

const keyOf = (run: ViewedRun): string =>
  JSON.stringify([run.facts.spec.text, run.facts.spec.imports, toldOf(run)]);

/** What options said that not all groups say; where that is nothing, the spec's name. */
function settingsOf(run: ViewedRun, groups: readonly (readonly ViewedRun[])[]): string {
  const own = settingWords(run.facts.settings).filter(
    (text) => !groups.every(([first]) => toldOf(first).includes(text)),
  );
  return own.length === 0 ? run.facts.name : own.join(', ');
}
