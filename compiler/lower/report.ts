/**
 * Reports as graphs: metrics of one report that go over the same rows share one, a picture has its own. Rows are
 * symbolic; running statistics, no dropout.
 */
import type * as ast from '../../grammar/ast.ts';
import { streamsIn } from '../evaluate/feeds.ts';
import { goalOf } from '../evaluate/goal.ts';
import { metricLine } from '../evaluate/report-metric.ts';
import { pictureLine, recalibrateLine } from '../evaluate/report-picture.ts';
import type { ReportValue, RowSource, SetUse } from '../evaluate/report-values.ts';
import type { TypeTable } from '../evaluate/typing.ts';
import { Builder } from '../ir/builder.ts';
import { rememberedIn } from '../check/remembered.ts';
import { updatesIn, type ReportInfo, type ReportLineInfo } from '../model.ts';
import type { InputOrigin, Length, LineDue, ReportItem, ValueRef } from '../../program/manifest.ts';
import { reportContext, type Lowering } from './context.ts';
import type { LoweredReport, Output } from './lowered.ts';
import { overCalls } from './observed.ts';

/** A graph under construction; values of lines are added to it. */
interface Group {
  readonly outputs: Map<string, Output>;
}

interface Work {
  readonly lowering: Lowering;
  readonly b: Builder;
  readonly origins: Map<string, InputOrigin>;
  readonly groups: Map<string, Group>;
  readonly prefix: string;
}

export function lowerReport(lowering: Lowering, info: ReportInfo, index: number): LoweredReport {
  const work: Work = {
    lowering,
    b: new Builder(),
    origins: new Map(),
    groups: new Map(),
    prefix: `report_${index}`,
  };
  const items = info.lines.flatMap((line) => lowerLine(work, line) ?? []);
  const graphs = Object.fromEntries(
    [...work.groups].map(([name, group]) => [name, { outputs: group.outputs, origins: work.origins }]),
  );
  const entry = { every: sound(info.every), ...(info.at && { at: info.at }), items };
  return { entry, graphs, builder: work.b };
}

/** A length of a spec without errors. */
function sound(length: Length | null): Length {
  if (length === null) throw new Error('a length in error that nobody complained of');
  return length;
}

/** null: there is nothing to do. */
function lowerLine(work: Work, info: ReportLineInfo): ReportItem | null {
  const { declaration: line, every, at, length, types } = info;
  const due: LineDue = { every, ...(at && { at }) };
  if (line.kind === 'Recalibrate') return recalibrate(work, line, due, sound(length), types);
  const context = reportContext(work.lowering, work.b, 'report', work.origins, types);
  const name = line.name.name;
  if (line.medium === 'metric') {
    const use = metricLine(context, line.value);
    const sets = use.sets.map((set, i) => ({
      fn: set.fn,
      options: set.options,
      values: refs(work, set, `${name}.${i}`, (rows) => metricGroup(work, rows, due)),
    }));
    const { names, schedule } = work.lowering.model;
    const updates = schedule.phases.flatMap(({ body }) => updatesIn(body));
    const onTraining = rememberedIn(line.value, names, updates).length > 0;
    return {
      kind: 'metric',
      name,
      ...due,
      sets,
      value: use.value,
      rows: use.rows,
      ...(onTraining && { onTraining }),
      ...(line.goal && { goal: goalOf(line.goal, names) }),
    };
  }
  const use = pictureLine(context, line.medium, line.value);
  const values = refs(work, use, name, (rows) => `${work.prefix}_${name}_${sourceName(rows)}`);
  return {
    kind: use.kind,
    name,
    ...due,
    fn: use.fn,
    values,
    names: use.names,
    varied: use.varied,
    options: use.options,
    rows: use.rows,
  };
}

const sourceName = (rows: RowSource): string => ('stream' in rows ? rows.stream : 'samples');

/** Metrics that are due together and go over the same rows share a graph. */
function metricGroup(work: Work, rows: RowSource, { every, at = [] }: LineDue): string {
  const moments = at.map(({ count, unit }) => `_at_${count}_${unit}`).join('');
  const due = every === null ? '' : `_every_${every.count}_${every.unit}${moments}`;
  return `${work.prefix}_metrics_${sourceName(rows)}${due}`;
}

function refs(
  work: Work,
  set: Pick<SetUse, 'values'>,
  name: string,
  groupOf: (rows: RowSource) => string,
): Record<string, ValueRef> {
  return Object.fromEntries(
    Object.entries(set.values).map(([param, value]) => {
      const graph = groupOf(value.rows);
      const output = addOutput(work, graph, `${name}.${param}`, value);
      return [param, { graph, output, rows: value.rows }];
    }),
  );
}

function addOutput(work: Work, graph: string, output: string, { value }: ReportValue): string {
  const group = work.groups.get(graph) ?? { outputs: new Map() };
  work.groups.set(graph, group);
  group.outputs.set(output, { node: value.node, to: { kind: 'value', name: output } });
  return output;
}

/** The batch statistics of the network's calls, one output for each running buffer; null: it has none (GAN4035). */
function recalibrate(
  work: Work,
  line: ast.Recalibrate,
  due: LineDue,
  length: Length,
  types: TypeTable,
): ReportItem | null {
  const context = reportContext(work.lowering, work.b, 'recalibrate', work.origins, types);
  const { network } = recalibrateLine(context, line);
  const graph = freeName(work, `${work.prefix}_recalibrate_${network}`);
  const outputs: Group['outputs'] = new Map();
  for (const [buffer, observed] of context.effects.observed) {
    if (!buffer.startsWith(`${network}.`)) continue;
    outputs.set(buffer, { node: overCalls(work.b, observed), to: { kind: 'state', state: buffer } });
  }
  if (outputs.size === 0) return null;
  work.groups.set(graph, { outputs });
  const fields = [...context.origins.values()].flatMap((origin) =>
    origin.kind === 'field' ? [origin.stream] : [],
  );
  const read = streamsIn(
    context,
    [...outputs.values()].map(({ node }) => node),
  );
  return { kind: 'recalibrate', network, ...due, length, graph, stream: read[0] ?? fields[0] ?? null };
}

/** A report may recalibrate a network more than once, each time for the lines below. */
function freeName({ groups }: Work, name: string): string {
  let free = name;
  for (let i = 2; groups.has(free); i++) free = `${name}_${i}`;
  return free;
}
