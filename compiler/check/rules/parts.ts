/**
 * A network stands on others that its body calls: InfoGAN's Q on the trunk that D stands on too. An update that trains
 * the outer one and leaves out the inner one, which another update of the phase trains without ever asking the outer
 * one, trains the outer one on features that its objective never shapes.
 */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { flowingInputs, passed } from '../../ir/differentiate.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import type { Names } from '../../bind/names.ts';
import { networksOf } from '../../bind/network-named.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { needs } from '../../bind/cycles.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import { phaseBodies, updatesOf } from '../../analyse/updates.ts';
import type { Rule } from '../rule.ts';

export const parts: Rule = (analysis) => {
  const { schedule } = analysis;
  return phaseBodies(schedule?.declaration).flatMap((body) => {
    const own = new Set(updatesOf(body));
    return inPhase(
      analysis,
      schedule!.updates.filter(({ declaration }) => own.has(declaration)),
    );
  });
};

function inPhase(analysis: Analysis, updates: readonly AnalysedUpdate[]): Diagnostic[] {
  if (updates.some(({ objective }) => objective === null)) return [];
  const found: Diagnostic[] = [];
  for (const update of updates) {
    for (const outer of update.networks) {
      for (const inner of partsOf(analysis.names, outer)) {
        const others = updates.filter(({ networks }) => networks.includes(inner));
        if (update.networks.includes(inner) || others.length === 0) continue;
        if (others.some((other) => asks(analysis, other, outer))) continue;
        if (standsOn(analysis, update, outer, inner)) found.push(leftOut(update, outer, inner, others[0]));
      }
    }
  }
  return found;
}

/** Networks that a network's body calls, directly or through fns, blocks and other networks. */
function partsOf(names: Names, network: string): string[] {
  const found = new Set<string>();
  const open: ast.Declaration[] = [names.networks.get(network)!.declaration];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of needs(next)) {
      const called = networksOf(names, name);
      const declaration = names.networks.get(called[0])?.declaration ?? names.functions.get(name);
      const all = called.length > 0 ? called : [name];
      if (declaration === undefined || all.every((one) => found.has(one))) continue;
      for (const one of all) found.add(one);
      open.push(declaration);
    }
  }
  return [...found].filter((name) => names.networks.has(name) && name !== network);
}

/** Whether the update's objective depends on the network's weights. */
function asks(analysis: Analysis, { objective }: AnalysedUpdate, network: string): boolean {
  const weights = new Set(weightNodes(analysis, network));
  return reachable([objective!.node]).some((node) => weights.has(node));
}

/**
 * Whether a gradient of the objective passes a layer of the outer network on its way to the inner one's weights: a
 * node that combines what comes from the inner network with a weight of the outer one.
 */
function standsOn(analysis: Analysis, { objective }: AnalysedUpdate, outer: string, inner: string): boolean {
  const weights = weightNodes(analysis, inner);
  const way = passed(objective!.node, weights, constantsBeside(analysis.evaluated, weights));
  const isWeight = onlyOf(analysis, new Set(weightNodes(analysis, outer)));
  return [...way].some(
    (node) =>
      flowingInputs(node).some((x) => way.has(x)) && node.inputs.some((x) => !way.has(x) && isWeight(x)),
  );
}

/** Whether a node is made of weights alone, one of these among them: a layer's matrix, whatever normalises it. */
function onlyOf(analysis: Analysis, weights: ReadonlySet<Node>): (node: Node) => boolean {
  const constants = analysis.evaluated.constants;
  return (node) => {
    const leaves = reachable([node]).filter(({ inputs }) => inputs.length === 0);
    const bare = leaves.every(
      (leaf) => constants.has(leaf) || leaf.op === 'constant' || leaf.op === 'extent',
    );
    return bare && leaves.some((leaf) => weights.has(leaf));
  };
}

function leftOut(update: AnalysedUpdate, outer: string, inner: string, other: AnalysedUpdate): Diagnostic {
  const ident = update.idents.get(outer)!;
  const there = other.idents.get(inner)!;
  return diagnostic(kinds.partLeftOut, ident.span, {
    what: `\`${outer}\` stands on \`${inner}\`, which is trained for other ends only`,
    why: `This update does not name \`${inner}\`, and no update that does depends on \`${outer}\`.`,
    hint: `Name \`${inner}\` here too and declare it \`shared network ${inner}\`; or, if it is not to learn from \`${outer}\`, give \`${outer}\` what \`${inner}\` computes as a parameter.`,
    labels: [{ span: there.span, text: 'trained here' }],
  });
}
