/**
 * Gradient flow: from each update's objective to the weights of each network it names there must be a differentiable
 * path; every weight of a trained network must be reached by some update that names it; every network must be trained.
 */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic, type Label } from '../../../grammar/diagnostics.ts';
import { flow, type Flow } from '../../ir/differentiate.ts';
import type { Context } from '../../evaluate/context.ts';
import type { WeightInfo } from '../../bind/names.ts';
import { kinds } from '../../errors.ts';
import type { Collected } from '../../bind/collect.ts';
import type { Reporter } from '../../bind/reporter.ts';
import { constantsBeside } from '../../analyse/trained.ts';
import { reachedFrom } from './unused.ts';
import { flat, type CheckedUpdate } from '../../analyse/updates.ts';

export function checkFlow(context: Context, updates: readonly CheckedUpdate[], report: Reporter): void {
  const reached = new Map<string, Set<string>>();
  const blocked = new Set<string>();
  for (const update of updates) {
    update.networks.forEach((network) => {
      const info = context.names.networks.get(network)!;
      if (update.objective === null || info.broken) return void blocked.add(network);
      const weights = [...info.weights.values()].filter((w) => w.role === 'weight');
      const found = weights.map((weight) => [weight, path(context, update, weight)] as const);
      const arrived = found.filter(([, way]) => way.kind === 'reaches').map(([weight]) => weight.name);
      reached.set(network, new Set([...(reached.get(network) ?? []), ...arrived]));
      if (arrived.length > 0 || weights.length === 0) return;
      blocked.add(network);
      sayCut(
        update,
        network,
        found.map(([, way]) => way),
        report,
      );
    });
  }
  for (const [network, weights] of reached)
    if (!blocked.has(network)) sayUnreached(context, network, weights, updates, report);
}

function path(context: Context, update: CheckedUpdate, weight: WeightInfo): Flow {
  const node = context.state(weight, false);
  return flow(update.objective!.node, [node], constantsBeside(context, [node]));
}

function sayCut(update: CheckedUpdate, network: string, ways: readonly Flow[], report: Reporter): void {
  const ident = update.declaration.networks.find(({ name }) => name === network)!;
  const cut = ways.find((way) => way.kind === 'cut')?.at;
  const objective = `\`${flat(update.declaration.objective.span)}\``;
  const labels: Label[] =
    cut?.origin === undefined ? [] : [{ span: cut.origin, text: 'no derivative passes here' }];
  report.say(
    diagnostic(kinds.gradientPath, ident.span, {
      what: `no gradient leads from ${objective} to the weights of \`${network}\``,
      ...(cut === undefined ? apart(objective, network) : (passes[cut.op] ?? passes.less)),
      labels,
    }),
  );
}

type Advice = Pick<Diagnostic, 'why' | 'hint'>;

const apart = (objective: string, network: string): Advice => ({
  why: `${objective} does not depend on \`${network}\` at all.`,
  hint: 'Minimise a loss that the network influences, or leave the network out of this update.',
});

/** What to do about a primitive without derivative. */
const passes: Readonly<Record<string, Advice>> = {
  stop: { why: 'It depends on them, but only through a `stop`.', hint: 'Leave the `stop` out.' },
  argmax: {
    why: 'It depends on them, but only through the choice of a class, which has no derivative.',
    hint: 'Use `probs`, which carries gradient, instead of `mode` or `draw`.',
  },
  less: {
    why: 'It depends on them, but only through something that has no derivative, such as a comparison.',
    hint: "Use the numbers themselves, or a distribution's `probs` instead of its `mode` or `draw`.",
  },
};

function sayUnreached(
  context: Context,
  network: string,
  reached: ReadonlySet<string>,
  updates: readonly CheckedUpdate[],
  report: Reporter,
): void {
  const info = context.names.networks.get(network)!;
  const missed = [...info.weights.values()].filter((w) => w.role === 'weight' && !reached.has(w.name));
  const layers = [...new Set(missed.map((weight) => weight.name.slice(0, weight.name.lastIndexOf('.'))))];
  if (layers.length === 0) return;
  const update = updates.find((u) => u.networks.includes(network))!;
  const ident = update.declaration.networks.find((n) => n.name === network)!;
  report.say(
    diagnostic(kinds.unreachedWeights, ident.span, {
      what: `no objective reaches ${layers.length === 1 ? 'the layer' : 'the layers'} ${layers.map((l) => `\`${l}\``).join(', ')}`,
      why: `No update that trains \`${network}\` depends on ${layers.length === 1 ? 'it' : 'them'} by a differentiable path.`,
      hint: 'Use what the layer computes in a loss of this update, or remove it.',
      labels: [{ span: info.declaration.name.span, text: 'declared here' }],
    }),
  );
}

/** Networks of the spec, or imported and used, that no update names. */
export function checkTrained(
  { names }: Context,
  { own, trains, reports, mayUse }: Collected,
  updates: readonly ast.Update[],
  report: Reporter,
): void {
  if (updates.length === 0) return;
  const trained = new Set(updates.flatMap((update) => update.networks.map(({ name }) => name)));
  const reached = reachedFrom([...trains, ...reports], own);
  for (const { name, declaration, broken, weights } of names.networks.values()) {
    const wanted = own.includes(declaration) || reached.has(name);
    const weightless = !broken && [...weights.values()].every(({ role }) => role !== 'weight');
    if (trained.has(name) || weightless || !wanted || mayUse(name)) continue;
    report.say(
      diagnostic(kinds.neverTrained, declaration.name.span, {
        what: `no update trains \`${name}\``,
        why: 'Its weights would stay as they start.',
        hint: `Name it in an update, \`update ${name} to minimize … with …\`, or remove it.`,
      }),
    );
  }
}
