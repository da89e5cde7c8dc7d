/**
 * Graphs as text, for dumps, goldens and errors: a line a node, numbered in order, so that equal graphs print
 * equally whatever their ids; numbers (constants of rank 0) stand where they are used; bodies of scans are indented.
 */
import { isSubgraph, printValue } from './attributes.ts';
import { printShape, sameShape, type Shape } from './dim.ts';
import { reachable, type Attrs, type Node, type Subgraph } from './node.ts';

/** Constants of more values are cut short. */
const shownValues = 16;

const isNumber = (node: Node): boolean => node.op === 'constant' && node.shape.length === 0;

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
    names.set(node, isNumber(node) ? printNumbers(node.attrs.values as number[]) : `%${next++}`);
  }
  return names;
}

/** `%3 = conv(%1, %2) {strides: [2, 2], pads: [[1, 1], [1, 1]]} : [N, 64, 14, 14]`, and a scan's body below it. */
export function printNode(node: Node, names: ReadonlyMap<Node, string>): string[] {
  const operands = node.inputs.map((x) => names.get(x) ?? '?').join(', ');
  const call = node.op + (node.inputs.length > 0 ? `(${operands})` : '');
  const head = [
    `${names.get(node)} = ${call}`,
    printAttrs(node.attrs, node.shape),
    ':',
    printShape(node.shape),
  ];
  const bodies = Object.values(node.attrs).filter(isSubgraph).flatMap(printBody);
  return [head.filter(Boolean).join(' '), ...bodies.map((line) => `  ${line}`)];
}

/** Without bodies, and without a shape that is the result's. */
function printAttrs(attrs: Attrs, shape: Shape): string {
  const shown = Object.entries(attrs).filter(
    ([name, value]) => !isSubgraph(value) && !(name === 'shape' && sameShape(value as Shape, shape)),
  );
  const items = shown.map(([name, value]) => {
    const text = name === 'values' ? `[${printNumbers(value as number[])}]` : printAny(value);
    return `${name}: ${text}`;
  });
  return items.length === 0 ? '' : `{${items.join(', ')}}`;
}

/** Broken graphs print too. */
const printAny = (value: unknown): string =>
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
