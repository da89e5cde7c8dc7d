/**
 * The graph's own laws, checked after every pass: inputs before users, shapes as each primitive's rule says,
 * printable attributes, one shape for each name that the host feeds, closed bodies. In: roots; out: nothing, or an
 * error with the printed neighbourhood of the first broken node.
 */
import { checkArity, ops } from './primitives/catalog.ts';
import { attrsKey, bodiesIn } from './attributes.ts';
import { checkClosed } from './opBuilder.ts';
import { printShape, sameShape } from './dim.ts';
import { isFed, reachable, type Node, type OpName, type Subgraph } from './node.ts';
import { nameNodes, printNode } from './print.ts';

export class GraphError extends Error {}

/** Lines shown before and after a broken node. */
const around = 5;

/** Throws GraphError on the first node that breaks a law. */
export function verify(roots: readonly Node[]): void {
  const nodes = reachable(roots);
  const fed = new Map<string, Node>();
  for (const [i, node] of nodes.entries()) {
    const fault = faultOf(node) ?? feedFault(node, fed);
    if (fault !== undefined) throw new GraphError(`${fault}\n${neighbourhood(nodes, i)}`);
  }
}

function faultOf<K extends OpName>(node: Node<K>): string | undefined {
  try {
    if (!(node.op in ops)) return `there is no primitive ${String(node.op)}`;
    const late = node.inputs.find((x) => x.id >= node.id);
    if (late) return `node ${node.id} uses node ${late.id}, which doesn't come before it`;
    attrsKey(node.attrs);
    checkArity(node.op, node.inputs);
    bodiesIn(node.attrs).forEach(verifyBody);
    const inputs = node.inputs.map((x) => x.shape);
    const shape = ops[node.op].shape(inputs, node.attrs);
    if (sameShape(shape, node.shape)) return undefined;
    return `${node.op} makes ${printShape(shape)}, but the node says ${printShape(node.shape)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function verifyBody(body: Subgraph): void {
  checkClosed(body);
  verify([...body.parameters, body.result]);
}

/** One name that the host feeds is one node. */
function feedFault(node: Node, fed: Map<string, Node>): string | undefined {
  if (!isFed(node)) return undefined;
  const name = `${node.op} ${node.op === 'draw' ? node.attrs.key : node.attrs.name}`;
  const other = fed.get(name);
  fed.set(name, node);
  return other && `${name} is both ${printShape(other.shape)} and ${printShape(node.shape)}`;
}

function neighbourhood(nodes: readonly Node[], at: number): string {
  const names = nameNodes(nodes);
  return nodes
    .slice(Math.max(0, at - around), at + around + 1)
    .flatMap((node) => printNode(node, names).map((line) => (node === nodes[at] ? '> ' : '  ') + line))
    .join('\n');
}
