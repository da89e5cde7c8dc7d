/** What moves weights and states, as a run's manifest has it: updates, and beside them each `set`. */
import type { GraphEntry, UpdateEntry } from '../../program/manifest.ts';
import { stepsOf, updatesOfStep, type Lowered, type LoweredUpdate } from '../lower/lowered.ts';
import { setsIn, type SetInfo, type UpdateInfo } from '../model.ts';
import { rectifiedBiases } from './rectified.ts';

/** `updates`: the schedule's; `steps`: graphs of all steps. */
export function updateEntries(
  lowered: Lowered,
  updates: readonly UpdateInfo[],
  steps: readonly GraphEntry[],
): UpdateEntry[] {
  const forwards = stepsOf(lowered).flatMap(updatesOfStep);
  const forwardOf = ({ name }: UpdateInfo): LoweredUpdate | null =>
    forwards.find(({ update }) => update.name === name) ?? null;
  const sets = lowered.model.schedule.phases.flatMap(({ body }) => setsIn(body));
  return [...updates.map((update) => updateEntry(update, steps, forwardOf(update))), ...sets.map(setEntry)];
}

function updateEntry(
  update: UpdateInfo,
  steps: readonly GraphEntry[],
  forward: LoweredUpdate | null,
): UpdateEntry {
  const outputs = steps.flatMap((step) => step.outputs);
  const computed = outputs.flatMap(({ to }) =>
    to.kind === 'loss' && to.update === update.name ? [to.loss] : [],
  );
  const games = forward?.games ?? [];
  const rectified = forward === null ? [] : rectifiedBiases(forward);
  return {
    name: update.name,
    networks: update.networks,
    text: update.text,
    losses: computed,
    conditional: update.declaration.when !== undefined,
    ...(update.optimizer.declared === null ? {} : { moments: update.optimizer.declared }),
    ...(games.length === 0 ? {} : { games }),
    ...(rectified.length === 0 ? {} : { rectified }),
  };
}

/** A `set` counts as an update does, of the state that it moves. */
const setEntry = ({ name, declaration, state, text, kept }: SetInfo): UpdateEntry => ({
  name,
  networks: [state.name],
  text,
  losses: kept === null ? [state.name] : [],
  conditional: declaration.when !== undefined,
});
