/** `ganc plan` for people. In: its facts; out: tables of networks, updates, memory, operations and time. */
import { printBytes } from '../compiler/bytes.ts';
import { columns } from './columns.ts';
import type { PlanFacts, PlannedUpdate } from './plan-facts.ts';
import type { PlannedMemory } from './plan-memory.ts';
import { clock } from './progress.ts';
import { wrapped } from './wrapped.ts';

/** `width`: at which sentences are broken; tables are as wide as they are. */
export function planText(plan: PlanFacts, width = Infinity): string {
  const { name, spec, profile, iterations, batches, engine } = plan;
  const rows = Object.entries(batches).map(([stream, count]) => `${count} rows of ${stream}`);
  const profiled = profile === null ? '' : `, profile ${profile}`;
  const head = `${name} (${spec}${profiled}): ${iterations.toLocaleString('en')} iterations${rows.length === 0 ? '' : ` on ${rows.join(', ')}`}, ${engine}`;
  const sentences = (lines: readonly string[]): string =>
    lines.map((line) => `${wrapped(line, width)}\n`).join('');
  const updated = updatesTable(plan) + sentences([...plan.updates.map(said), legend]);
  const parts = [networks(plan), updated, memoryTable(plan.memory), sentences(work(plan))];
  return [sentences([head]), ...parts].join('\n');
}

function networks({ networks: all }: PlanFacts): string {
  const averaged = all.some(({ averages }) => averages > 0);
  const numbers = all.map(({ name, parameters, bytes, optimizer, averages }) => [
    name,
    parameters.toLocaleString('en'),
    printBytes(bytes),
    printBytes(optimizer),
    ...(averaged ? [printBytes(averages)] : []),
  ]);
  const heads = ['network', 'parameters', 'weights', 'optimizer', ...(averaged ? ['averages'] : [])];
  return columns(heads, numbers);
}

const list = (names: readonly string[]): string => (names.length === 0 ? '–' : names.join(', '));

function updatesTable({ updates: all }: PlanFacts): string {
  const heads = ['update', 'trains', 'reads', 'uses', 'shares', 'recomputes', 'work', 'optimizer'];
  const rows = all.map((update) => [
    update.name,
    list(update.trains),
    list(update.reads),
    list(update.uses),
    list(update.shares),
    list(update.recomputes),
    printFlops(update.flops),
    printBytes(update.optimizer),
  ]);
  return columns(heads, rows, [0, 1, 2, 3, 4, 5]);
}

const said = ({ name, phase, text }: PlannedUpdate): string =>
  `${name}: ${phase === null ? '' : `in phase ${phase}, `}${text}`;

const legend =
  'uses: computed and left as they are; shares: read from an update before it; recomputes: computed before, with weights that have moved since';

const memoryRows: readonly (readonly [keyof PlannedMemory, string])[] = [
  ['process', 'Node, ganc, engine'],
  ['data', 'data'],
  ['weights', 'weights'],
  ['optimizer', "optimizers' state"],
  ['averages', 'moving averages'],
  ['nextState', 'the next state, written beside'],
  ['steps', 'computed by steps'],
  ['reports', 'computed by reports'],
  ['values', 'kept by reports and their metrics'],
  ['checkpoint', 'the state, while it is written'],
  ['uncollected', 'buffers not yet collected'],
  ['counted', 'all of these at once'],
  ['tried', 'at the peak, as tried here'],
];

function memoryTable(bytes: PlannedMemory): string {
  const rows = memoryRows.flatMap(([part, words]) => {
    const held = bytes[part] ?? 0;
    return held > 0 ? [[words, printBytes(held)]] : [];
  });
  return columns(['memory', ''], rows);
}

function work({ memory, flops, time }: PlanFacts): string[] {
  const held = `${printBytes(memory.peak)} of memory at the peak${memory.tried === null ? ' (as counted)' : ''}`;
  const lines = [`${held}, ${printFlops(flops.iteration)} an iteration, ${printFlops(flops.run)} in all`];
  if (time !== null) {
    const rate = flops.iteration / (time.iterationMs / 1000);
    lines.push(
      `${shortMs(time.iterationMs)} an iteration here${flops.iteration > 0 ? ` (${printFlops(rate)}/s)` : ''}, reports ${clock(time.reportSeconds)}: ${clock(time.seconds)} to the end`,
    );
  }
  return lines;
}

const shortMs = (ms: number): string =>
  ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;

/** `3.1 GFLOP` */
function printFlops(count: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}FLOP`;
}
