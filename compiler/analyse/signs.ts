/** With which sign parts of an objective are minimised: what is added, subtracted and weighted, as far as it is certain. */
import type { Node } from '../ir/node.ts';
import type { Analysis, AnalysedUpdate } from './analysis.ts';
import { factorBounds } from './factors.ts';

/** 1: it is made smaller, -1: larger, 0: not certain. */
export type Sign = 1 | -1 | 0;

/** The sign of each part that is wanted, in what the update minimises. Parts of a wanted part are not looked for. */
export function signsOf(
  analysis: Analysis,
  update: AnalysedUpdate,
  wanted: (node: Node) => boolean,
): Map<Node, Sign> {
  const found = new Map<Node, Sign>();
  if (update.objective === null) return found;
  const seen = new Set<string>();
  const open: [Node, Sign][] = [[update.objective.node, update.declaration.sense === 'maximize' ? -1 : 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, sign] = next;
    const key = `${node.id} ${sign}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (wanted(node)) found.set(node, found.has(node) && found.get(node) !== sign ? 0 : sign);
    else open.push(...summands(analysis, node, sign));
  }
  return found;
}

/** The other way round. */
export const turned = (sign: Sign): Sign => (sign === 0 ? 0 : sign === 1 ? -1 : 1);

/** What a node adds up, each with its sign. */
export function summands(analysis: Analysis, { op, inputs }: Node, sign: Sign): [Node, Sign][] {
  const [x, y] = inputs;
  switch (op) {
    case 'add':
      return [
        [x, sign],
        [y, sign],
      ];
    case 'sub':
      return [
        [x, sign],
        [y, turned(sign)],
      ];
    case 'neg':
      return [[x, turned(sign)]];
    case 'mul':
      return [
        [x, scaled(analysis, sign, y)],
        [y, scaled(analysis, sign, x)],
      ];
    case 'div':
      return [
        [x, scaled(analysis, sign, y)],
        [y, 0],
      ];
    case 'sum':
    case 'reshape':
    case 'expand':
      return [[x, sign]];
    default:
      return inputs.map((input) => [input, 0]);
  }
}

function scaled(analysis: Analysis, sign: Sign, factor: Node): Sign {
  const [low, high] = factorBounds(analysis.evaluated, factor);
  if (low >= 0) return sign;
  return high <= 0 ? turned(sign) : 0;
}

/** The builtin that a node was made for: `bce`, `kl`; undefined for arithmetic. */
export const builtinOf = ({ region }: Node): string | undefined =>
  region?.kind === 'layer' ? region.name : undefined;
