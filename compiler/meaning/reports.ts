/** What a run shows and measures. In: a checked spec and its reports as graphs; out: an item for each of their lines. */
import { printHost } from '../../program/host.ts';
import type { ReportItem, SetCall, ValueRef } from '../../program/manifest.ts';
import type * as ast from '../../grammar/ast.ts';
import type { LoweredReport } from '../lower/lowered.ts';
import { flat, none, plain, printLength, written, type Subject } from './subject.ts';
import type { Fact, Item } from './meaning.ts';
import { Tokens, type Reading } from './tokens.ts';

export function reportItems({ reports, model }: Subject, reading: Reading): Item[] {
  const taken = new Map<string, number>();
  return reports.flatMap((report, r) =>
    report.entry.items.map((item, i) => {
      const line = model.reports[r].declaration.body[i];
      const plainName = `${item.kind} ${item.kind === 'recalibrate' ? item.network : item.name}`;
      const count = (taken.get(plainName) ?? 0) + 1;
      taken.set(plainName, count);
      const name = count === 1 ? plainName : `${plainName}, number ${count}`;
      return lineItem({ report, item, line, reading, name, below: report.entry.items.slice(i + 1) });
    }),
  );
}

interface Line {
  readonly report: LoweredReport;
  readonly item: ReportItem;
  readonly line: ast.ReportLine;
  readonly reading: Reading;
  readonly name: string;
  /** What stands below it in its report. */
  readonly below: readonly ReportItem[];
}

function lineItem(all: Line): Item {
  const { report, item, line, name } = all;
  const { every, at } = item.every === null ? report.entry : item;
  const expr = line.kind === 'Recalibrate' ? line.call : line.value;
  const value = { ...written(expr), same: tokenOf(all) };
  const facts: Fact[] = [
    { key: 'value', ...value },
    { key: 'every', ...plain(printLength(every)) },
    { key: 'and at', ...plain(at === undefined ? none : at.map(printLength).join(', ')) },
    ...ownFacts(all),
  ];
  return {
    section: 'reports',
    name,
    key: name,
    kin: [`${item.kind} ${value.same}`],
    summary: flat(expr.span),
    ...{ facts, parts: [], ordered: true },
  };
}

function ownFacts({ item, below }: Line): Fact[] {
  if (item.kind === 'metric') {
    const { goal, rows } = item;
    return [
      { key: 'goal', ...plain(goal === undefined ? none : String(goal.value)) },
      { key: 'goal from', ...plain(goal?.from ?? none) },
      { key: 'rows', ...plain(String(rows)) },
    ];
  }
  if (item.kind === 'recalibrate') {
    const for_ = printLength(item.length);
    const lines = below.flatMap((one) => (one.kind === 'recalibrate' ? [] : [one.name]));
    return [
      { key: 'for', ...plain(for_) },
      { key: 'before', ...plain(lines.join(', ')) },
    ];
  }
  return [{ key: 'rows', ...plain(String(item.rows)) }];
}

/** What a line computes: the functions of the runtime with their options, and the values that they are given. */
function tokenOf({ report, item, reading }: Line): string {
  const { gradients, names: called } = report.builder;
  const tokens = new Tokens(reading, { gradients, called });
  const value = ({ graph, output, rows }: ValueRef): string => {
    const source = 'stream' in rows ? reading.renamed(rows.stream) : 'samples';
    return `${source} ${tokens.text(report.graphs[graph].outputs.get(output)!.node)}`;
  };
  const call = ({ fn, values, options }: SetCall): string => {
    const given = Object.entries(values).map(([name, ref]) => `${name}: ${value(ref)}`);
    return `${fn}(${given.join(', ')}) ${JSON.stringify(sorted(options))}`;
  };
  switch (item.kind) {
    case 'metric':
      return `${item.sets.map(call).join('; ')} ${printHost(item.value)}`;
    case 'picture':
    case 'sound':
      return `${call(item)} ${JSON.stringify(sorted(item.varied))}`;
    case 'recalibrate': {
      const outputs = [...report.graphs[item.graph].outputs.values()];
      return tokens.text(...outputs.map(({ node }) => node));
    }
  }
}

const sorted = (record: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
