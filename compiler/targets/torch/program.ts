/**
 * A plan as a PyTorch program, as somebody who knows the library would write it: a module for each network, a function for
 * each update and report, gradients by the library's own automatic differentiation. In: a plan; out: a folder that runs
 * without ganc: networks.py, updates.py, train.py, and the runtime beside them, the same for all specs.
 */
import type { GraphEntry, GraphInput, Manifest } from '../../../program/manifest.ts';
import type { Program as Emitted } from '../../compiled.ts';
import { printGraph } from '../../ir/print.ts';
import { averageGraph } from '../../differentiate/rules.ts';
import { blocksOf, ofAnyRows } from '../../lower/blocks.ts';
import {
  setsOfStep,
  stepsOf,
  updatesOfStep,
  type LoweredStatement,
  type LoweredUpdate,
} from '../../lower/lowered.ts';
import { settledBy } from '../../lower/settled.ts';
import { setOfPart, updateOfPart } from '../../lower/wholes.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { digest } from '../../values.ts';
import { pyDoc, pyLine } from '../text/escape.ts';
import { indented } from './layout.ts';
import { askedOf, fedEntries, originsOf } from '../text/fed.ts';
import type { Feed } from '../text/feeds.ts';
import { Program } from './module.ts';
import { networksText } from './networks.ts';
import { quoted } from './names.ts';
import { outlinedReport, reportFunction } from './reports.ts';
import { runtimeFiles } from './runtime.ts';
import { Sharing, sharedFunction } from './shared.ts';
import { outlinedSet, setEntry, setFunction, type OutlinedSet } from './sets.ts';
import { fusedInputs, tuple, updateEntry } from './optimizers.ts';
import { settledName } from './settled.ts';
import { outlinedUpdate, updateFunction, type OutlinedUpdate } from './updates.ts';

export function torchProgram(plan: Plan): Emitted {
  const { manifest, graphs, lowered } = plan;
  const { model } = lowered;
  const fed = fedEntries(plan);
  const program = new Program(
    model.names.networks.keys(),
    new Set(manifest.state.map(({ name }) => name)),
    originsOf(fed),
  );
  const inParts = manifest.accumulate !== undefined;
  const { parts = 1 } = manifest.accumulate ?? {};
  const updates = stepsOf(lowered)
    .flatMap(updatesOfStep)
    .map((update) => ofAnyRows(model, update))
    .map((update) => (inParts ? updateOfPart(update, parts) : update))
    .map((update) => outlinedUpdate(update, inParts ? settledBy(update, update) : null));
  const sets = stepsOf(lowered)
    .flatMap(setsOfStep)
    .map((set) => ofAnyRows(model, set))
    .map((set) => (inParts ? setOfPart(set, parts) : set))
    .map((set) => outlinedSet(set, inParts ? settledBy(set, set) : null));
  const reports = lowered.reports.flatMap(({ graphs: made, builder }) =>
    Object.entries(made).map(([name, graph]) => outlinedReport(name, graph, builder)),
  );
  // In parts, what updates share would have to stay in memory for all of them.
  const shareable = inParts ? [] : stepsOf(lowered);
  const sharing = new Sharing(
    shareable,
    new Map(updates.map((update) => [update.forward.update.name, update])),
  );
  const taken = [...updates, ...sets].flatMap(({ outline, rounds }) => [outline, ...rounds]);
  for (const outline of [...taken, ...reports.map((report) => report.outline)])
    program.noteLayers(outline, outline.all());
  const functions = [
    ...[...sharing.byStep.values()].flat().map((shared) => sharedFunction(program, shared)),
    ...updates.map((update) => updateFunction(program, update, sharing.givenTo(update.forward.update.name))),
    ...sets.map((set) => setFunction(program, set)),
    ...reports.map((report) => reportFunction(program, report)),
  ];
  const tables = tablesOf(
    program,
    plan,
    sharing,
    updates,
    sets,
    reports.map(({ name }) => name),
  );
  const files = {
    'networks.py': networksFile(program, plan),
    'updates.py': updatesFile(program, manifest, functions, tables),
    'train.py': trainFile(manifest),
    ...runtimeFiles(),
  };
  const kernels = new Map(
    stepsOf(lowered).map((step) => [step.name, updatesOfStep(step).flatMap(fusedInputs)]),
  );
  const blocks = blocksOf(taken.flatMap((outline) => outline.leaves()));
  const entries = Object.entries(fed).map(([name, entry]): [string, GraphEntry] => [
    name,
    {
      ...scalarsOf(
        askedOf(
          kernels.has(name) ? ofAllParts(entry, blocks, manifest) : entry,
          manifest.graphs[name],
          program.feeds.inputs,
        ),
        kernels.get(name) ?? [],
        program,
      ),
      file: 'updates.py',
      digest: digest(printGraph(graphs[name])),
    },
  ]);
  return {
    manifest: {
      ...manifest,
      graphs: Object.fromEntries(entries),
      turned: turnedOf(program, manifest),
      blocks,
    },
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
    ),
    graphs,
  };
}

/** The entry with the numbers of the schedule that the program asks for, those of its optimizers' kernels among them. */
function scalarsOf(entry: GraphEntry, kernels: readonly GraphInput[], { feeds }: Program): GraphEntry {
  const kept = entry.inputs.filter(({ name, from }) => from.kind !== 'scalar' || feeds.inputs.has(name));
  const all = new Map([...kept, ...kernels].map((input) => [input.name, input]));
  return { ...entry, inputs: [...all.values()] };
}

/** The entry with the rows of whole minibatches: the program takes them apart where they are computed in parts. */
function ofAllParts(
  entry: GraphEntry,
  blocks: Readonly<Record<string, number>>,
  { accumulate }: Manifest,
): GraphEntry {
  const parts = accumulate?.parts ?? 1;
  const inputs = entry.inputs.map((input): GraphInput => {
    const { name, shape, from } = input;
    const hasRows = from.kind === 'field' || (from.kind === 'draw' && Object.hasOwn(blocks, name));
    return hasRows ? { ...input, shape: [Number(shape[0]) * parts, ...shape.slice(1)] } : input;
  });
  return { ...entry, inputs };
}

/** Tensors of the state that lie the other way round than checkpoints have them. */
const turnedOf = (program: Program, { state }: Manifest): string[] =>
  state.filter(({ name, role }) => role !== 'moment' && program.isTurned(name)).map(({ name }) => name);

// ---------------------------------------------------------------- files

function networksFile(program: Program, { manifest, lowered }: Plan): string {
  const body = networksText(program, { networks: lowered.model, manifest });
  return `${headerOf(manifest, 'its networks')}\n${importsOf(body)}\n\n\n${body}\n`;
}

function updatesFile(
  program: Program,
  manifest: Manifest,
  functions: readonly string[],
  tables: readonly string[],
): string {
  const body = [...program.functions.updates, ...functions, ...tables].join('\n\n\n');
  const own =
    program.imported.size === 0 ? '' : `\n\nfrom networks import ${[...program.imported].join(', ')}`;
  const names = ['Average', 'Shared', 'Taken', 'Update'];
  return `${headerOf(manifest, 'what each update and report computes')}\n${importsOf(body, names)}${own}\n\n\n${body}\n`;
}

/** What the text uses, and no more. */
export function importsOf(
  body: string,
  names: readonly string[] = ['BatchNorm', 'Block', 'InstanceNorm', 'LayerNorm', 'Weights'],
): string {
  const uses = (pattern: string): boolean => new RegExp(`\\b${pattern}`).test(body);
  const from = names.filter((name) => uses(`${name}\\(`));
  const kernels = ['Adam', 'AdamW', 'SGD'].filter((name) => uses(`${name}\\(`));
  const recurrent = ['GRU', 'LSTM', 'RNN'].filter((name) => uses(`(?<!\\.)${name}\\(`));
  const lines = [
    ...(uses('math\\.') ? ['import math'] : []),
    ...(uses('Path\\(') ? ['from pathlib import Path'] : []),
    ...(uses('math\\.') || uses('Path\\(') ? [''] : []),
    ...(uses('torch\\.') ? ['import torch'] : []),
    ...(uses('F\\.') ? ['import torch.nn.functional as F'] : []),
    ...(uses('nn\\.') ? ['from torch import nn'] : []),
    '',
    ...(uses('ops\\.') ? ['from ganc_torch import ops'] : []),
    ...(uses('unpacked\\(') ? ['from ganc_torch.files import unpacked'] : []),
    ...(kernels.length === 0 ? [] : [`from ganc_torch.optimizers import ${kernels.join(', ')}`]),
    ...(from.length === 0 ? [] : [`from ganc_torch.parts import ${from.join(', ')}`]),
    ...(recurrent.length === 0 ? [] : [`from ganc_torch.recurrent import ${recurrent.join(', ')}`]),
  ];
  return lines.join('\n').trim();
}

export function headerOf({ name, spec, profile, params }: Manifest, what: string): string {
  const values = Object.entries(params).map(([param, value]) => `${param} = ${String(value)}`);
  const lines = [
    `${name}: ${what}. Compiled by ganc from ${spec.path}${profile === null ? '' : ` (profile ${profile})`}.`,
    ...(values.length === 0 ? [] : ['', `Params: ${values.join(', ')}.`]),
  ];
  return `${pyDoc(lines.join('\n'))}\n`;
}

const trainFile = (manifest: Manifest): string =>
  `${headerOf(manifest, 'trains it')}
from ganc_torch.train import main

if __name__ == '__main__':
    main(__file__)
`;

// ---------------------------------------------------------------- tables

function tablesOf(
  program: Program,
  plan: Plan,
  sharing: Sharing,
  updates: readonly OutlinedUpdate[],
  sets: readonly OutlinedSet[],
  reports: readonly string[],
): string[] {
  const sharedBy = ({ update }: LoweredUpdate): string[] =>
    sharing.givenTo(update.name).map(({ key }) => key);
  const entries = [
    ...updates.map(({ forward, settled }) =>
      updateEntry(
        program,
        forward,
        sharedBy(forward),
        settled === null ? null : settledName(forward.update.name),
      ),
    ),
    ...sets.map(setEntry),
  ];
  const steps = stepsOf(plan.lowered).map(({ name, statements }) => {
    const before = (one: LoweredStatement): string[] =>
      sharing.byStep
        .get(name)
        ?.flatMap((shared) => (shared.before === one ? [`Shared(${shared.name})`] : [])) ?? [];
    const codes = statements.flatMap((one) => [...before(one), statementCode(program, one)]);
    return `${quoted(name)}: [${codes.join(', ')}],`;
  });
  const fed = [...program.feeds.inputs].map(([name, feed]) => `${quoted(name)}: ${feedCode(feed)},`);
  const meanings = program.feeds.scalars().map(([name, text]) => pyLine(`  at.${name} = ${text}`));
  return [
    table('How each update is applied.', 'UPDATES', entries),
    table(
      'What a step of the schedule runs, in order; updates in one tuple take all gradients before any is applied.',
      'STEPS',
      steps,
    ),
    table(
      'Functions of reports.',
      'REPORTS',
      reports.map((name) => `${quoted(name)}: ${name},`),
    ),
    table(
      [
        'Where functions find what they are given.',
        ...(meanings.length === 0 ? [] : ['Numbers of the schedule:']),
      ].join(' '),
      'INPUTS',
      fed,
      meanings,
    ),
  ];
}

const table = (doc: string, name: string, lines: readonly string[], more: readonly string[] = []): string =>
  [pyLine(doc), ...more, lines.length === 0 ? `${name} = {}` : `${name} = {\n${indented(lines)}\n}`].join(
    '\n',
  );

const feedCode = (feed: Feed): string => tuple(feed.map(quoted));

function statementCode(program: Program, statement: LoweredStatement): string {
  if (statement.kind === 'updates')
    return tuple(
      [
        ...statement.updates.map(({ update }) => update.name),
        ...statement.sets.map(({ set }) => set.name),
      ].map(quoted),
    );
  if (statement.kind === 'set') return tuple([quoted(statement.set.set.name)]);
  const { network, decay } = statement.average;
  const code = program.hostCode(decay, `average_${network}_decay`, averageGraph());
  return `Average(${quoted(network)}, ${code.startsWith('at.') ? quoted(code.slice(3)) : code})`;
}
