/**
 * A plan as an ES module on TensorFlow.js, as somebody who knows the library would write it: a function for each network,
 * update and report; gradients by the library's own automatic differentiation. In: a plan; out: `train.mjs` and the
 * manifest, whose graphs name it.
 */
import { jsDoc, jsString } from '../text/escape.ts';
import type { Program } from '../../compiled.ts';
import { averageGraph, runningGraph } from '../../differentiate/rules.ts';
import { averageName } from '../../leaves.ts';
import { stepsOf, type Lowered, type LoweredAverage, type Output } from '../../lower/lowered.ts';
import { stepGraphs, takenIn, type StepGraph } from '../../lower/parts.ts';
import type { Plan } from '../../schedule/schedule.ts';
import type { GraphEntry, StateEntry } from '../../../program/manifest.ts';
import type { Builder } from '../../ir/builder.ts';
import { valuesText } from './function.ts';
import { indented } from './layout.ts';
import { askedOf, fedEntries, originsOf } from '../text/fed.ts';
import type { Feed } from '../text/feeds.ts';
import { Module } from './module.ts';
import { outlineOf } from './ops.ts';
import { plainScope } from './scope.ts';
import { footer, header, model } from './skeleton.ts';
import { exportedStatement, statementFunctions } from './statements.ts';
import { supportText } from './support.ts';
import { roundFunction } from './rounds.ts';
import { setFunctions } from './sets.ts';
import { updateFunctions } from './updates.ts';
import { list, range, weightAxes } from './value.ts';
import { digest } from '../../values.ts';
import { printGraph } from '../../ir/print.ts';

const file = 'train.mjs';

export function tfjsProgram(plan: Plan): Program {
  const { manifest, graphs } = plan;
  const fed = fedEntries(plan);
  const module = new Module(new Set(manifest.state.map(({ name }) => name)), originsOf(fed));
  const { parts, settled } = plan.lowered;
  const steps = stepsOf(plan.lowered)
    .flatMap((step) => stepGraphs(step, parts))
    .map((graph) => [graph.name, stepFunctions(module, graph, { parts, settled })] as const);
  const reports = plan.lowered.reports.flatMap((report) =>
    Object.entries(report.graphs).map(([name, { outputs }]) => {
      reportFunction(module, name, outputs, report.builder);
      return name;
    }),
  );
  const text = [
    header(manifest),
    ...supportText(module.helpers),
    ...(module.needsRunning ? [runningFunction(module)] : []),
    ...module.functions,
    ...module.exported,
    ...exportsOf(module, steps, reports),
    stateTable(manifest.state),
    model,
    footer,
  ].join('\n\n');
  const entries = Object.entries(fed).map(([name, entry]): [string, GraphEntry] => [
    name,
    {
      ...askedOf(entry, manifest.graphs[name], module.feeds.inputs),
      file,
      digest: digest(printGraph(graphs[name])),
    },
  ]);
  return {
    manifest: { ...manifest, graphs: Object.fromEntries(entries) },
    files: { [file]: new TextEncoder().encode(`${text}\n`) },
    graphs,
  };
}

// ---------------------------------------------------------------- steps

/** The names of the exported functions that a step's graph runs, in order. */
function stepFunctions(
  module: Module,
  { role, round, statements }: StepGraph,
  { parts, settled }: Pick<Lowered, 'parts' | 'settled'>,
): string[] {
  return statements.map((statement) => {
    if (statement.kind === 'average') return averageFunction(module, statement.average);
    const { updates, sets } = takenIn(statement);
    if (role === 'round') for (const one of [...updates, ...sets]) roundFunction(module, one, round, parts);
    // A part comes before what is applied, and takes its functions along.
    else if (role !== 'apply') {
      for (const update of updates) updateFunctions(module, update, parts, settled.get(update.update.name));
      for (const set of sets) setFunctions(module, set, parts, settled.get(set.set.name));
    }
    return exportedStatement(module, statementFunctions(statement, settled), { role, round, parts });
  });
}

function averageFunction(module: Module, info: LoweredAverage): string {
  const { decay } = info;
  const next = averageGraph();
  const names = info.weights.map((weight) => [averageName(weight), weight.name]);
  const name = module.names.take(`average_${info.network}`);
  const table = module.names.take(`averaged_${info.network}`);
  const outline = outlineOf([next]);
  const scope = plainScope(module, outline, module.names.inner());
  const fedName = module.feeds.scalarOf(decay, `${name}_decay`);
  for (const node of outline.inputs()) {
    const own = node.attrs.name;
    if (own !== 'decay') scope.give(node, { code: own, axes: [0] });
    else
      scope.give(
        node,
        fedName === null ? { code: String(decay), axes: [], host: true } : module.fed(fedName, node),
      );
  }
  const body = [
    `for (const [average, name] of Object.entries(${table})) {`,
    `  const [before, current] = [variables[average], variables[name]];`,
    `  before.assign(${scope.value(next).code});`,
    `}`,
  ];
  module.exported.push(
    `${jsDoc(`The average of ${info.network} and what it is of.`)}\nconst ${table} = {\n${indented(names.map(([average, of]) => `${jsString(average)}: ${jsString(of)},`))}\n};`,
    `${jsDoc(`average ${info.network}: a copy the first time, then an exponential moving average.`)}\nexport function ${name}({ variables }, batch, draws, at) {\n  tf.tidy(() => {\n${indented(body, 2)}\n  });\n  return {};\n}`,
  );
  return name;
}

/** A running statistic after one more batch. */
function runningFunction(module: Module): string {
  const next = runningGraph();
  const outline = outlineOf([next]);
  const scope = plainScope(module, outline, module.names.inner());
  for (const node of outline.inputs()) scope.give(node, { code: node.attrs.name, axes: [0] });
  return `/** A running statistic after one more batch. */\nconst running = (before, batch) => ${scope.value(next).code};`;
}

// ---------------------------------------------------------------- reports

function reportFunction(
  module: Module,
  name: string,
  outputs: ReadonlyMap<string, Output>,
  { names, gradients }: Pick<Builder, 'names' | 'gradients'>,
): void {
  const made = Object.fromEntries([...outputs].map(([output, { node }]) => [output, node]));
  module.exported.push(
    `/** For reports, with running statistics: values by name, channels first. */\nexport function ${name}({ networks }, batch, draws, at, given) {\n${valuesText(module, made, names, gradients)}\n}`,
  );
}

// ---------------------------------------------------------------- tables

function exportsOf(
  module: Module,
  steps: readonly (readonly [string, readonly string[]])[],
  reports: readonly string[],
): string[] {
  const lines = steps.map(([graph, names]) => `${graph}: [${names.join(', ')}],`);
  const fed = [...module.feeds.inputs].map(([name, place]) => `${jsString(name)}: ${feedText(place)},`);
  const meanings = module.feeds.scalars().map(([name, text]) => `  at.${name} = ${text}`);
  const doc = 'Where the functions find what the host feeds.';
  const where =
    meanings.length === 0 ? jsDoc(doc) : jsDoc(`${doc} Numbers of the schedule:\n${meanings.join('\n')}`);
  return [
    `/** What a step of the schedule runs, in order. */\nexport const steps = {\n${indented(lines)}\n};`,
    `/** Functions of reports. */\nexport const reports = {${reports.length === 0 ? '' : `\n${indented(reports.map((name) => `${name},`))}\n`}};`,
    `${where}\nexport const inputs = {\n${indented(fed)}\n};`,
  ];
}

const feedText = (feed: Feed): string => `[${feed.map(jsString).join(', ')}]`;

/** Shapes as in checkpoints; `axes` where a tensor lies otherwise here. */
function stateTable(state: readonly StateEntry[]): string {
  const lines = state.map(({ name, shape }) => {
    const axes = weightAxes(shape.length);
    const order = axes.every((axis, i) => axis === range(shape.length)[i]) ? '' : `, axes: ${list(axes)}`;
    return `${jsString(name)}: { shape: ${list(shape)}${order} },`;
  });
  return `/** All that lives from step to step: shapes as in checkpoints; axes: in which order they lie here. */\nexport const state = {\n${indented(lines)}\n};`;
}
