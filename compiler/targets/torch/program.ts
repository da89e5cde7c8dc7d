/**
 * A plan as a PyTorch program, as somebody who knows the library would write it: a module for each network, a function for
 * each update and report, gradients by the library's own automatic differentiation. In: a plan; out: a folder that runs
 * without ganc: networks.py, updates.py, train.py, and the runtime beside them, the same for all specs.
 */
import type { GraphEntry, GraphInput, Manifest } from '../../../program/manifest.ts';
import type { Program as Emitted } from '../../compiled.ts';
import { printGraph } from '../../ir/print.ts';
import { blocksOf } from '../../lower/blocks.ts';
import { roundsOf, stepsOf, updatesOfStep } from '../../lower/lowered.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { digest } from '../../values.ts';
import { askedOf, fedEntries, originsOf } from '../text/fed.ts';
import { networksFile, trainFile, updatesFile } from './files.ts';
import { Program } from './module.ts';
import { fusedInputs } from './optimizers.ts';
import { outlinedOf, type Outlined } from './outlined.ts';
import { reportFunction } from './reports.ts';
import { runtimeFiles } from './runtime.ts';
import { setFunction } from './sets.ts';
import { Sharing, sharedFunction } from './shared.ts';
import { tablesOf } from './tables.ts';
import { updateFunction } from './updates.ts';

type Blocks = Readonly<Record<string, number>>;
type Entries = Readonly<Record<string, GraphEntry>>;

export function torchProgram(plan: Plan): Emitted {
  const { manifest, graphs, lowered } = plan;
  const fed = fedEntries(plan);
  const program = new Program(
    lowered.model.names.networks.keys(),
    new Set(manifest.state.map(({ name }) => name)),
    originsOf(fed),
  );
  const outlined = outlinedOf(plan);
  const { updates, sets, reports } = outlined;
  const taken = [...updates, ...sets].flatMap(({ outline, rounds }) => [outline, ...rounds]);
  for (const outline of [...taken, ...reports.map((report) => report.outline)])
    program.noteLayers(outline, outline.all());
  const files = filesOf(program, plan, outlined);
  const blocks = blocksOf(taken.flatMap((outline) => outline.leaves()));
  return {
    manifest: {
      ...manifest,
      graphs: entriesOf(program, plan, fed, blocks),
      turned: turnedOf(program, manifest),
      blocks,
    },
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
    ),
    graphs,
  };
}

/** Path → text. What functions and tables ask of the program, such as imports, is known once they are printed. */
function filesOf(program: Program, plan: Plan, outlined: Outlined): Readonly<Record<string, string>> {
  const { manifest, lowered } = plan;
  // In parts, what updates share would have to stay in memory for all of them.
  const shareable = manifest.accumulate === undefined ? stepsOf(lowered) : [];
  const sharing = new Sharing(
    shareable,
    roundsOf(lowered),
    new Map(outlined.updates.map((update) => [update.forward.update.name, update])),
  );
  const functions = functionsOf(program, outlined, sharing);
  const tables = tablesOf(program, plan, outlined, sharing);
  return {
    'networks.py': networksFile(program, plan),
    'updates.py': updatesFile(program, manifest, functions, tables),
    'train.py': trainFile(manifest),
    ...runtimeFiles(),
  };
}

/** What updates.py has beside what its functions call, in order. */
function functionsOf(program: Program, { updates, sets, reports }: Outlined, sharing: Sharing): string[] {
  return [
    ...[...sharing.byStep.values()].flat().map((shared) => sharedFunction(program, shared)),
    ...updates.map((update) => updateFunction(program, update, sharing.givenTo(update.forward.update.name))),
    ...sets.map((set) => setFunction(program, set)),
    ...reports.map((report) => reportFunction(program, report)),
  ];
}

// ---------------------------------------------------------------- the manifest

/** The plan's graphs, with what the program reads of them. */
function entriesOf(
  program: Program,
  { manifest, graphs, lowered }: Plan,
  fed: Entries,
  blocks: Blocks,
): Entries {
  const kernels = new Map(
    stepsOf(lowered).map((step) => [step.name, updatesOfStep(step).flatMap(fusedInputs)]),
  );
  const entries = Object.entries(fed).map(([name, entry]): [string, GraphEntry] => {
    const whole = kernels.has(name) ? ofAllParts(entry, blocks, manifest) : entry;
    const asked = askedOf(whole, manifest.graphs[name], program.feeds.inputs);
    const read = scalarsOf(asked, kernels.get(name) ?? [], program);
    return [name, { ...read, file: 'updates.py', digest: digest(printGraph(graphs[name])) }];
  });
  return Object.fromEntries(entries);
}

/** The entry with the numbers of the schedule that the program asks for, those of its optimizers' kernels among them. */
function scalarsOf(entry: GraphEntry, kernels: readonly GraphInput[], { feeds }: Program): GraphEntry {
  const kept = entry.inputs.filter(({ name, from }) => from.kind !== 'scalar' || feeds.inputs.has(name));
  const all = new Map([...kept, ...kernels].map((input) => [input.name, input]));
  return { ...entry, inputs: [...all.values()] };
}

/** The entry with the rows of whole minibatches: the program takes them apart where they are computed in parts. */
function ofAllParts(entry: GraphEntry, blocks: Blocks, { accumulate }: Manifest): GraphEntry {
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
