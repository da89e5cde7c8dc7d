/**
 * Calls of networks as they stand in a graph: what each was given and what it gave. In: nodes; out: their calls, and which
 * of them answer, that is give what is compared or added up without passing another network.
 */
import { reachable, type Node, type Region } from '../ir/node.ts';

/** A call of a network. */
export interface Answer {
  readonly network: string;
  readonly region: Region;
}

/** What network calls gave, with the call; where one gives what another gave it, the outer one. */
export function answersIn(roots: readonly Node[]): ReadonlyMap<Node, Answer> {
  const regions = new Set<Region>();
  for (const { region } of reachable(roots))
    for (let one = region; one !== undefined && !regions.has(one); one = one.parent) regions.add(one);
  const calls = [...regions].filter(({ kind }) => kind === 'network').sort((a, b) => depth(b) - depth(a));
  return new Map(
    calls.flatMap((region) =>
      [...(region.results?.keys() ?? [])].map((node) => [node, { network: region.name, region }] as const),
    ),
  );
}

const depth = ({ parent }: Region): number => (parent === undefined ? 0 : 1 + depth(parent));

/** The answers that a node is made of, the nearest ones: nothing that they are made of in turn. */
export function nearestAnswers(root: Node, answers: ReadonlyMap<Node, Answer>): Map<Node, Answer> {
  const near = reachable([root], (node) => answers.has(node)).filter((node) => answers.has(node));
  return new Map(near.map((node) => [node, answers.get(node)!]));
}

export const networksOf = (answers: ReadonlyMap<Node, Answer>): Set<string> =>
  new Set([...answers.values()].map(({ network }) => network));

/** Which output of which network an answer is, as a key: a network that gives a record has several. */
export const outputOf = (node: Node, { network, region }: Answer): string =>
  `${network} ${region.results?.get(node) ?? ''}`;
