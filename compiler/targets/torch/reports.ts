/** Values of reports as functions of the program: with running statistics; or batch statistics, to recalibrate by. */
import type { Builder } from '../../ir/builder.ts';
import type { Node, Region } from '../../ir/node.ts';
import type { Graph } from '../../lower/lowered.ts';
import { functionText, indented } from './layout.ts';
import type { Program } from './module.ts';
import { part, quoted } from './names.ts';
import { outlineOf, type Outline } from './rows.ts';
import type { Root } from '../text/calls.ts';
import type { Frame } from './frame.ts';
import { recordedWeights, Scope } from './scope.ts';
import { inNumbers, plain, whole } from './value.ts';

export interface OutlinedReport {
  readonly name: string;
  readonly outline: Outline;
  readonly outputs: Readonly<Record<string, Node>>;
  readonly builder: Pick<Builder, 'names' | 'gradients'>;
  /** The networks whose batch statistics are asked for, with the nodes that a call of them gives; else null. */
  readonly calls: readonly Node[] | null;
}

export function outlinedReport(
  name: string,
  graph: Graph,
  builder: OutlinedReport['builder'],
): OutlinedReport {
  const outputs = Object.fromEntries([...graph.outputs].map(([output, { node }]) => [output, node]));
  const recalibrated =
    graph.outputs.size > 0 && [...graph.outputs.values()].every(({ to }) => to.kind === 'state');
  const calls = recalibrated
    ? Object.entries(outputs).flatMap(([buffer, node]) => resultsOf(buffer, node))
    : null;
  const outline = outlineOf(calls ?? Object.values(outputs), builder.gradients);
  return { name, outline, outputs, builder, calls };
}

/** What the calls give whose batch statistics a node is made of. */
function resultsOf(buffer: string, statistic: Node): Node[] {
  const [network] = buffer.split('.');
  for (let at: Region | undefined = statistic.region; at !== undefined; at = at.parent)
    if (at.kind === 'network' && at.name === network) return [...at.results!.keys()];
  return statistic.inputs.flatMap((input) => resultsOf(buffer, input));
}

/** A function's scopes under construction (the outer one where no gradient passes), and how values are asked of them. */
export function scopesOf(
  program: Program,
  { outline, builder }: Pick<OutlinedReport, 'outline' | 'builder'>,
  root: Root,
  agreed: ReadonlySet<Node> = new Set(),
): { outer: Scope; inner: Scope; taken: readonly unknown[]; valueOf(node: Node): string } {
  const taken = [...builder.gradients].filter(([node]) => outline.uses(node, undefined) > 0);
  const taped = outline.dependentsOf(taken.map(([, { by }]) => by));
  const frame: Frame = {
    program,
    outline,
    spoken: builder.names,
    taped,
    agreed,
    atOnce: new Map(),
    region: undefined,
  };
  const outer = new Scope(frame, [root], program.feedNames());
  const inner = outer.inside((node) => taped.has(node));
  const valueOf = (node: Node): string => {
    const scope = taped.has(node) ? inner : outer;
    return plain(inNumbers(whole(scope, node, scope.value(node))));
  };
  return { outer, inner, taken, valueOf };
}

export function reportFunction(
  program: Program,
  { name, outline, outputs, builder, calls }: OutlinedReport,
): string {
  const { outer, inner, taken, valueOf } = scopesOf(
    program,
    { outline, builder },
    { path: '', code: 'networks' },
  );
  const doc =
    calls === null
      ? 'For reports: values by name, with running statistics.'
      : 'The statistics of a batch, by name.';
  const signature = ['networks', 'batch', 'draws', 'at', 'given'];
  if (calls !== null) {
    const results = calls.map(valueOf);
    const loose = [...new Set(results)].filter((code) => !/^\w+$/.test(code));
    const [network] = Object.keys(outputs)[0].split('.');
    const lines = [
      ...outer.lines,
      ...inner.lines,
      ...loose,
      `return ops.batch_statistics(networks${part(network)})`,
    ];
    return functionText(name, signature, doc, lines);
  }
  const results = Object.entries(outputs).map(([output, node]) => `${quoted(output)}: ${valueOf(node)},`);
  const quiet = inner.lines.length > 0 && outer.lines.length > 0;
  const body = [
    ...recordedWeights(outline),
    ...(quiet ? [`with torch.no_grad():\n${indented(outer.lines)}`] : outer.lines),
    ...inner.lines,
    `return {\n${indented(results)}\n}`,
  ];
  const text = functionText(name, signature, doc, body);
  return taken.length === 0 ? `@torch.no_grad()\n${text}` : text;
}
