/**
 * What the host feeds a program whose engine differentiates by itself. In: a plan; out: its graphs, with inputs beside their
 * own. A simplified graph has no more what a derivative doesn't depend on (the noise that is added before a linear layer); the
 * forward pass whose derivative the engine takes has it still.
 */
import type { GraphEntry, GraphInput } from '../../../program/manifest.ts';
import { isFed, reachable } from '../../ir/node.ts';
import { leafName } from '../../leaves.ts';
import { stepsOf, updatesOfStep, type LoweredUpdate } from '../../lower/lowered.ts';
import { stepGraphs } from '../../lower/parts.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { hostShape } from '../../simplify.ts';

type Entries = Readonly<Record<string, GraphEntry>>;

/** The plan's graphs, those of steps with all that their updates' forward passes read. */
export function fedEntries({ manifest, lowered }: Pick<Plan, 'manifest' | 'lowered'>): Entries {
  const graphs = stepsOf(lowered).flatMap((step) => stepGraphs(step, lowered.parts));
  const steps = graphs.map(({ name, role, statements }): [string, GraphEntry] => {
    const entry = manifest.graphs[name];
    const all = new Map(entry.inputs.map((input) => [input.name, input]));
    for (const input of role === 'apply' ? [] : updatesOfStep({ statements }).flatMap(readForwards))
      if (!all.has(input.name) && isAtHand(input, entry)) all.set(input.name, input);
    return [name, { ...entry, inputs: [...all.values()] }];
  });
  return { ...manifest.graphs, ...Object.fromEntries(steps) };
}

/** Where every input comes from that isn't state. */
export const originsOf = (entries: Entries): Map<string, GraphInput['from']> =>
  new Map(
    Object.values(entries)
      .flatMap(({ inputs }) => inputs)
      .filter(({ from }) => from.kind !== 'state')
      .map(({ name, from }) => [name, from]),
  );

/** Without inputs that the plan doesn't read and the program never asked for. */
export const askedOf = (
  entry: GraphEntry,
  plan: GraphEntry,
  asked: { has(name: string): boolean },
): GraphEntry => ({
  ...entry,
  inputs: entry.inputs.filter(
    ({ name }) => asked.has(name) || plan.inputs.some((input) => input.name === name),
  ),
});

function readForwards({ builder, objective, losses, condition, origins }: LoweredUpdate): GraphInput[] {
  const derived = [...builder.gradients.values()].map(({ of }) => of);
  const roots = [objective, ...losses.values(), ...(condition === null ? [] : [condition]), ...derived];
  return reachable(roots)
    .filter(isFed)
    .flatMap((node) => {
      const from = origins.get(leafName(node));
      return from === undefined ? [] : [{ name: leafName(node), shape: hostShape(node.shape), from }];
    });
}

/** Draws are made for whoever asks; a minibatch is there where the step reads its stream. */
const isAtHand = ({ from }: GraphInput, { inputs }: GraphEntry): boolean =>
  from.kind === 'draw' ||
  (from.kind === 'field' &&
    inputs.some((input) => input.from.kind === 'field' && input.from.stream === from.stream));
