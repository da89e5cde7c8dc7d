/**
 * Gradient flow: from each update's objective to the weights of each network it names there must be a differentiable
 * path, and every weight of a trained network must be reached by some update that names it.
 */
import { diagnostic, type Diagnostic, type Label } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { flow as flowTo, flowsTo, type Flow } from '../../ir/differentiate.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { averageName } from '../../leaves.ts';
import type { WeightInfo } from '../../bind/names.ts';
import { constantsBeside } from '../../analyse/trained.ts';
import { flat } from '../../analyse/updates.ts';
import type { Rule } from '../rule.ts';

export const flow: Rule = (analysis) => {
  const { schedule, evaluated, inError } = analysis;
  const reached = new Map<string, Set<string>>();
  const blocked = new Set<string>();
  const cuts: Diagnostic[] = [];
  for (const update of schedule?.updates ?? []) {
    const moved = update.objective === null ? new Set<Node>() : flowsTo(update.objective.node);
    for (const network of update.networks) {
      if (update.objective === null || inError.has(network)) {
        blocked.add(network);
        continue;
      }
      const own = [...analysis.weights.get(network)!.values()];
      const weights = own.filter((w) => w.role === 'weight');
      if (weights.length === 0 && own.some(({ initial }) => initial.kind === 'stored'))
        cuts.push(ofFile(update, network));
      const arrived = weights
        .map(({ name }) => name)
        .filter((name) => moved.has(evaluated.weights.get(name)!));
      reached.set(network, new Set([...(reached.get(network) ?? []), ...arrived]));
      if (arrived.length > 0 || weights.length === 0) continue;
      blocked.add(network);
      const ways = weights.map((weight) => path(analysis, update, weight));
      cuts.push(cutOff(update, network, ways));
    }
  }
  const open = [...reached].filter(([network]) => !blocked.has(network));
  return [...cuts, ...open.flatMap(([network, weights]) => unreached(analysis, network, weights))];
};

function path({ evaluated }: Analysis, update: AnalysedUpdate, weight: WeightInfo): Flow {
  const node = evaluated.weights.get(weight.name)!;
  return flowTo(update.objective!.node, [node], constantsBeside(evaluated, [node]));
}

function cutOff(update: AnalysedUpdate, network: string, ways: readonly Flow[]): Diagnostic {
  const ident = update.idents.get(network)!;
  const cut = ways.find((way) => way.kind === 'cut')?.at;
  const objective = `\`${flat(update.declaration.objective.span)}\``;
  const labels: Label[] =
    cut?.origin === undefined ? [] : [{ span: cut.origin, text: 'no derivative passes here' }];
  return diagnostic(kinds.gradientPath, ident.span, {
    what: `no gradient leads from ${objective} to the weights of \`${network}\``,
    ...(cut === undefined ? apart(update, objective, network) : (passes[cut.op] ?? passes.less)),
    labels,
  });
}

/** What a network has of a file (`onnx`) is constant. */
const ofFile = ({ idents }: AnalysedUpdate, network: string): Diagnostic =>
  diagnostic(kinds.gradientPath, idents.get(network)!.span, {
    what: `all weights of \`${network}\` are those of a file, and stay as they are`,
    hint: 'Leave it out of this update: gradients flow through it all the same.',
  });

type Advice = Pick<Diagnostic, 'why' | 'hint'>;

function apart(update: AnalysedUpdate, objective: string, network: string): Advice {
  if (readsAverage(update, network))
    return {
      why: `It depends only on \`${network}.average\`, whose weights are constants.`,
      hint: `Compare it with \`${network}\` itself: \`mse(${network}(x), ${network}.average(x))\`.`,
    };
  return {
    why: `${objective} does not depend on \`${network}\` at all.`,
    hint: 'Minimise a loss that the network influences, or leave the network out of this update.',
  };
}

const readsAverage = ({ objective }: AnalysedUpdate, network: string): boolean =>
  reachable([objective!.node]).some(
    (node) =>
      node.op === 'input' && node.attrs.name.startsWith(averageName({ name: `${network}.`, network })),
  );

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

/** What is subtracted from itself, or differentiated by an input, has lost its last bias: nothing is wired wrongly. */
const isBias = ({ name }: WeightInfo): boolean => name.endsWith('.bias');

function unreached(
  { names, schedule, weights }: Analysis,
  network: string,
  reached: ReadonlySet<string>,
): Diagnostic[] {
  const info = names.networks.get(network)!;
  const missed = [...weights.get(network)!.values()].filter(
    (weight) => weight.role === 'weight' && !reached.has(weight.name) && !isBias(weight),
  );
  const layers = [...new Set(missed.map((weight) => weight.name.slice(0, weight.name.lastIndexOf('.'))))];
  if (layers.length === 0) return [];
  const update = schedule!.updates.find((u) => u.networks.includes(network))!;
  const ident = update.idents.get(network)!;
  return [
    diagnostic(kinds.unreachedWeights, ident.span, {
      what: `no objective reaches ${layers.length === 1 ? 'the layer' : 'the layers'} ${layers.map((l) => `\`${l}\``).join(', ')}`,
      why: `No update that trains \`${network}\` depends on ${layers.length === 1 ? 'it' : 'them'} by a differentiable path.`,
      hint: 'Use what the layer computes in a loss of this update, or remove it.',
      labels: [{ span: info.declaration.name.span, text: 'declared here' }],
    }),
  ];
}
