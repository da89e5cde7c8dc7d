/** The state that a program's graphs read: every weight, buffer, optimizer slot and average, and how each starts. */
import type { Names, StateInfo, WeightInfo } from '../bind/names.ts';
import { knownShape } from '../ir/dim.ts';
import { nameOf, setsOfStep, stepsOf, updatesOfStep, type Lowered, type Settled } from '../lower/lowered.ts';
import { setsIn, type Model, type SetInfo, type UpdateInfo } from '../model.ts';
import type { GraphEntry, Initial, StateEntry, StateRole } from '../../program/manifest.ts';
import { averageName, slotName, sumName } from '../leaves.ts';
import { declaredStart } from './origins.ts';
import { roleOf } from '../vocabulary/initializers.ts';

export function stateEntries(
  lowered: Pick<Lowered, 'model' | 'settled' | 'phases'>,
  updates: readonly UpdateInfo[],
  graphs: readonly GraphEntry[],
): StateEntry[] {
  const { model, settled } = lowered;
  const read = new Set(
    graphs.flatMap((g) => g.inputs.flatMap(({ from }) => (from.kind === 'state' ? [from.state] : []))),
  );
  const entries = [...model.weights.values()].flatMap((own) =>
    [...own.values()].flatMap((weight) => weightEntries(model, weight, updates)),
  );
  const states = [...model.names.states.values()].map((info) => ownEntry(info, 'state'));
  const histories = model.kept.map((info) => ownEntry(info, 'history'));
  const means = [...settled].flatMap(([name, one]) => meanSums(model, updates, name, one));
  const sums = [
    ...updates.flatMap((update) => updateSums(model, update)),
    ...setSums(model),
    ...means,
    ...wholeSums(lowered),
  ];
  return [...entries, ...states, ...histories, ...sums].filter(
    ({ role, name }) => kept.has(role) || read.has(name),
  );
}

/** What is part of the state whether or not a graph reads it. */
const kept: ReadonlySet<StateRole> = new Set(['weight', 'buffer', 'state', 'history']);

/** Of what belongs to no network. */
const ownEntry = ({ name, shape, initial }: StateInfo, role: StateRole): StateEntry => ({
  ...{ name, role, network: name, shape },
  initial: { kind: 'constant', value: initial },
});

/** What an update sums up over the parts of a minibatch. */
function updateSums({ weights }: Model, { name, networks }: UpdateInfo): StateEntry[] {
  const own = networks.flatMap((network) => [...weights.get(network)!.values()]);
  return [
    ...own.flatMap((tensor) =>
      tensor.role === 'weight'
        ? [sumEntry(tensor, sumName(name, 'gradients', tensor.name))]
        : [
            sumEntry(tensor, sumName(name, 'statistics', tensor.name)),
            sumEntry(tensor, sumName(name, 'moved', tensor.name)),
          ],
    ),
    sumEntry({ network: networks[0], shape: [] }, sumName(name, 'when')),
  ];
}

const setsOf = ({ schedule }: Model): SetInfo[] => schedule.phases.flatMap(({ body }) => setsIn(body));

const setSums = (model: Model): StateEntry[] =>
  setsOf(model).flatMap(({ name, state }) => [
    sumEntry({ network: state.name, shape: state.shape }, sumName(name, 'moved', state.name)),
    sumEntry({ network: state.name, shape: [] }, sumName(name, 'when')),
  ]);

/** The means that it is settled by. */
function meanSums(
  model: Model,
  updates: readonly UpdateInfo[],
  name: string,
  { given }: Settled,
): StateEntry[] {
  const update = updates.find((one) => one.name === name);
  const set = setsOf(model).find((one) => one.name === name);
  const network = update?.networks[0] ?? set!.state.name;
  return given.map(({ shape }, i) =>
    sumEntry({ network, shape: knownShape(shape) }, sumName(name, 'means', String(i + 1))),
  );
}

/** Numbers of the whole minibatch that parts need. */
function wholeSums(lowered: Pick<Lowered, 'phases'>): StateEntry[] {
  const steps = stepsOf(lowered);
  const updates = steps.flatMap(updatesOfStep).map((one) => ({ one, network: one.update.networks[0] }));
  const sets = steps.flatMap(setsOfStep).map((one) => ({ one, network: one.set.state.name }));
  return [...updates, ...sets].flatMap(({ one, network }) =>
    one.rounds
      .flat()
      .map(({ number, leaf }) =>
        sumEntry({ network, shape: knownShape(leaf.shape) }, sumName(nameOf(one), 'whole', number)),
      ),
  );
}

const sumEntry = ({ network, shape }: Pick<StateEntry, 'network' | 'shape'>, name: string): StateEntry => ({
  ...{ name, role: 'sum', network, shape },
  initial: { kind: 'constant', value: 0 },
});

/** The weight itself, its slots in each optimizer that moves it, its average. */
function weightEntries(model: Model, weight: WeightInfo, updates: readonly UpdateInfo[]): StateEntry[] {
  const { name, network, shape, role } = weight;
  const initial = initialOf(model, weight);
  const drawn = initial.kind !== 'copy' && initial.kind !== 'stored';
  const entry = (of: Partial<StateEntry>): StateEntry => ({
    name,
    role,
    network,
    shape,
    initial,
    ...of,
  });
  const slots =
    role === 'buffer'
      ? []
      : updates
          .filter((u) => u.networks.includes(network))
          .flatMap((update) =>
            update.optimizer.rule.slots(update.optimizer.args).map((slot) => slotName(update, weight, slot)),
          );
  const moments = [...new Set(slots)].map((slot) =>
    entry({ name: slot, role: 'moment', initial: { kind: 'constant', value: 0 } }),
  );
  return [
    entry({}),
    ...moments,
    entry({
      name: averageName(weight),
      role: 'average',
      initial: drawn ? { kind: 'copy', of: name } : initial,
    }),
  ];
}

/** The layer's own start, unless the network is `initialize`d; what another one starts with is not drawn again, but copied. */
function initialOf(model: Model, weight: WeightInfo): Initial {
  const start = declaredStart(model, weight);
  if (!('as' in start)) return start;
  return start.as === weight ? drawnStart(model.names, weight) : { kind: 'copy', of: start.as.name };
}

function drawnStart(names: Names, weight: WeightInfo): Initial {
  const use = names.initialize.get(weight.network);
  if (use === undefined || weight.role === 'buffer') return weight.initial;
  if (roleOf(weight.part) === 'slope') return weight.initial;
  return use.rule.initial(use.args, weight.shape, weight.part);
}
