/**
 * Graphs as text, for dumps, goldens and errors: a line a node, numbered in order, so that equal graphs print
 * equally whatever their ids; numbers (constants of rank 0) stand where they are used; bodies of scans are indented.
 */
import { bodiesIn, isSubgraph, printValue, type Attribute, type Attrs } from './attributes.ts';
import { printShape } from './dim.ts';
import { reachable, type Node, type Subgraph } from './node.ts';

/** Constants of more values are cut short. */
const shownValues = 16;

const isNumber = (node: Node): node is Node<'constant'> => node.op === 'constant' && node.shape.length === 0;

/** The lines of everything that the named roots depend on, then `name = %n` for each root. */
export function printGraph(roots: Readonly<Record<string, Node>>): string {
  const names = nameNodes(reachable(Object.values(roots)));
  const lines = [...names.keys()].filter((node) => !isNumber(node)).flatMap((node) => printNode(node, names));
  return (
    [...lines, ...Object.entries(roots).map(([name, node]) => `${name} = ${names.get(node)}`)].join('\n') +
    '\n'
  );
}

/** `%1`, `%2`, ... in order; numbers are their own names. */
export function nameNodes(nodes: readonly Node[]): Map<Node, string> {
  const names = new Map<Node, string>();
  let next = 1;
  for (const node of nodes) {
    names.set(node, isNumber(node) ? printNumbers(node.attrs.values) : `%${next++}`);
  }
  return names;
}

/** `%3 = conv(%1, %2) {strides: [2, 2], pads: [[1, 1], [1, 1]]} : [N, 64, 14, 14]`, and a scan's body below it. */
export function printNode(node: Node, names: ReadonlyMap<Node, string>): string[] {
  const operands = node.inputs.map((x) => names.get(x) ?? '?').join(', ');
  const call = node.op + (node.inputs.length > 0 ? `(${operands})` : '');
  const head = [`${names.get(node)} = ${call}`, printAttrs(node), ':', printShape(node.shape)];
  const bodies = bodiesIn(node.attrs).flatMap(printBody);
  return [head.filter(Boolean).join(' '), ...bodies.map((line) => `  ${line}`)];
}

/** Without bodies, and without a shape that is the result's. */
function printAttrs(node: Node): string {
  const attrs: Attrs = node.attrs;
  const items = Object.entries(attrs).flatMap(([name, value]) => {
    const isValues = node.op === 'constant' && name === 'values';
    const text = isValues ? `[${printNumbers(node.attrs.values)}]` : printAny(value);
    const isOwnShape = name === 'shape' && text === printShape(node.shape);
    return isSubgraph(value) || isOwnShape ? [] : [`${name}: ${text}`];
  });
  return items.length === 0 ? '' : `{${items.join(', ')}}`;
}

/** Broken graphs print too. */
const printAny = (value: Attribute): string =>
  printValue(
    value,
    () => '',
    () => '?',
  );

function printNumbers(values: readonly number[]): string {
  const shown = values.slice(0, shownValues).map(printAny);
  return (values.length > shownValues ? [...shown, `... ${values.length} values`] : shown).join(', ');
}

function printBody({ parameters, result }: Subgraph): string[] {
  const rest = reachable([result]).filter((node) => !parameters.includes(node));
  const names = nameNodes([...parameters, ...rest]);
  const lines = [...names.keys()].filter((node) => !isNumber(node)).flatMap((node) => printNode(node, names));
  return [...lines, `next = ${names.get(result)}`];
}
