/**
 * How updates are applied, as entries of the table UPDATES: by the library's fused kernel where it means the same, else by the
 * optimizer's rule as a function of one weight, which runs over all of them. In: an update; out: its entry, and what the
 * host is asked for that no graph of the plan reads.
 */
import { ruleGraph, type RuleGraph } from '../../differentiate/rules.ts';
import { scalarNode } from '../../evaluate/feeds.ts';
import { Builder } from '../../ir/builder.ts';
import { scalarName } from '../../leaves.ts';
import type { LoweredUpdate } from '../../lower/lowered.ts';
import type { OptimizerUse, UpdateInfo } from '../../model.ts';
import { adam, adamw } from '../../vocabulary/optimizers/adaptive.ts';
import { betasOf, hostArgument, numberArgument } from '../../vocabulary/optimizers/common.ts';
import { sgd } from '../../vocabulary/optimizers/descent.ts';
import type { Optimizer } from '../../vocabulary/optimizer.ts';
import type { HostExpr } from '../../../program/host.ts';
import type { GraphInput } from '../../../program/manifest.ts';
import type { Frame } from './frame.ts';
import { indented } from './layout.ts';
import type { Program } from './module.ts';
import { quoted } from './names.ts';
import { outlineOf } from './rows.ts';
import { Scope } from './scope.ts';
import { atom, plain } from './value.ts';
import { roundNames } from './wholes.ts';

export const tuple = (items: readonly string[]): string =>
  `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;

/** The entry of an update in the table UPDATES; `settled`: the function of what it leaves open, if anything. */
export function updateEntry(
  program: Program,
  forward: LoweredUpdate,
  shared: readonly string[],
  settled: string | null,
): string {
  const { update, weights, observed } = forward;
  const rounds = roundNames(forward);
  const spared = weights.filter(({ decay }) => !decay).map(({ name }) => quoted(name));
  const lines = [
    `${update.name},`,
    `networks=${tuple(update.networks.map(quoted))},`,
    ...(fusedRule(program, update, spared) ?? writtenRule(program, update, spared)),
    ...(update.optimizer.declared === null ? [] : [`moments=${quoted(update.optimizer.declared)},`]),
    ...clipped(program, update),
    ...(observed.size === 0 ? [] : ['statistics=True,']),
    ...(shared.length === 0 ? [] : [`shared=${tuple(shared.map(quoted))},`]),
    ...(rounds.length === 0 ? [] : [`rounds=${tuple(rounds)},`]),
    ...(settled === null ? [] : [`settled=${settled},`]),
  ];
  return `${quoted(update.name)}: Update(\n${indented(lines)}\n),`;
}

function clipped(program: Program, { name: update, optimizer }: UpdateInfo): string[] {
  const { clip_gradients: value, clip_norm: norm } = optimizer.args;
  // A written rule cuts gradients by itself; before their norm is taken, and a fused one, they are cut first.
  const cuts = norm !== null && norm !== undefined;
  const wanted = { clip_gradients: cuts || fusedOf(optimizer) !== null ? value : null, clip_norm: norm };
  return Object.entries(wanted).flatMap(([name, given]) =>
    given === null || given === undefined
      ? []
      : [`${name}=${hostNumber(program, given as HostExpr, `${update}_${name}`)},`],
  );
}

/** A number, or the name of one that the host computes. */
const scalarCode = (code: string): string => (code.startsWith('at.') ? quoted(code.slice(3)) : code);

function hostNumber(program: Program, value: HostExpr, wanted: string): string {
  const node = scalarNode({ b: new Builder(), origins: new Map() }, value);
  return scalarCode(program.hostCode(value, wanted, node));
}

// ---------------------------------------------------------------- by the library's kernel

/** A fused kernel of the library: its name there, and what it is told beside the decay. */
interface Kernel {
  readonly name: string;
  readonly given: (optimizer: OptimizerUse) => string[];
  /** Whether it is told how many steps the optimizer has made. */
  readonly counts: boolean;
}

const moments = ({ args }: OptimizerUse): string[] => [
  `betas=${tuple(betasOf(args).map(String))}`,
  `epsilon=${String(args.epsilon)}`,
];

const momentum = ({ args }: OptimizerUse): string[] => [
  ...(numberArgument(args, 'momentum') === 0 ? [] : [`momentum=${String(args.momentum)}`]),
  ...(args.nesterov === true ? ['nesterov=True'] : []),
];

/** Optimizers that the library has a fused kernel of. */
const kernels = new Map<Optimizer, Kernel>([
  [adam, { name: 'Adam', given: moments, counts: true }],
  [adamw, { name: 'AdamW', given: moments, counts: true }],
  [sgd, { name: 'SGD', given: momentum, counts: false }],
]);

/** The kernel that means the same with these arguments; null where there is none. */
function fusedOf({ rule, args }: OptimizerUse): Kernel | null {
  const plainly = typeof (args.weight_decay ?? 0) === 'number' && (args.clip_weights ?? null) === null;
  return plainly ? (kernels.get(rule) ?? null) : null;
}

/** Numbers of the schedule that a kernel takes: the rate, and how many steps the optimizer has made. */
const takenBy = (kernel: Kernel, { steps, optimizer }: UpdateInfo): HostExpr[] => [
  hostArgument(optimizer.args, 'rate'),
  ...(kernel.counts ? [steps] : []),
];

function fusedRule(program: Program, update: UpdateInfo, spared: readonly string[]): string[] | null {
  const { optimizer, name } = update;
  const kernel = fusedOf(optimizer);
  if (kernel === null) return null;
  const [rate, steps] = takenBy(kernel, update);
  const decay = optimizer.args.weight_decay ?? 0;
  const given = [
    hostNumber(program, rate, `${name}_rate`),
    ...(kernel.counts ? [`steps=${hostNumber(program, steps, `${name}_steps`)}`] : []),
    ...kernel.given(optimizer),
    ...(decay === 0 ? [] : [`weight_decay=${String(decay)}`]),
  ];
  const own = decay === 0 || spared.length === 0 ? [] : [`spared=${tuple(spared)},`];
  return [`rule=${kernel.name}(${given.join(', ')}),`, ...own];
}

/** Inputs of a step graph that the kernels of its updates take. */
export function fusedInputs({ update }: LoweredUpdate): GraphInput[] {
  const kernel = fusedOf(update.optimizer);
  if (kernel === null) return [];
  return takenBy(kernel, update)
    .filter((value) => typeof value !== 'number')
    .map((value) => ({ name: scalarName(value), shape: [], from: { kind: 'scalar', value } }));
}

// ---------------------------------------------------------------- by a rule that is written out

function writtenRule(program: Program, update: UpdateInfo, all: readonly string[]): string[] {
  const rules = [true, false].map((decay) => ruleGraph(update, decay));
  const [decayed, spare] = rules.map((rule) =>
    ruleFunction(program, update.optimizer.name, update.name, rule),
  );
  const spared = decayed.name === spare.name ? [] : all;
  const { slots } = rules[0];
  return [
    `rule=${decayed.name},`,
    ...(slots.length === 0 ? [] : [`slots=${tuple(slots.map(quoted))},`]),
    ...(decayed.args.length === 0 ? [] : [`scalars=${tuple(decayed.args)},`]),
    ...(spared.length === 0
      ? []
      : [`spared=${tuple(spared)},`, `spare_rule=${spare.name},`, `spare_scalars=${tuple(spare.args)},`]),
  ];
}

/** The optimizer's rule as a function; the same rule of two updates is one function. `args`: names of what the host feeds it. */
function ruleFunction(
  program: Program,
  optimizer: string,
  update: string,
  rule: RuleGraph,
): { name: string; args: string[] } {
  const outputs = Object.values(rule.outputs);
  const outline = outlineOf(outputs);
  const names = program.names.inner();
  const local = rule.inputs.map((name) => (name === 'factor' ? name : names.take(name)));
  const frame: Frame = {
    program,
    outline,
    spoken: new Map(),
    taped: new Set(),
    agreed: new Set(),
    atOnce: new Map(),
    region: undefined,
  };
  const scope = new Scope(frame, [], names);
  const leaves = outline.inputs();
  for (const node of leaves) {
    const at = rule.inputs.indexOf(node.attrs.name);
    if (at >= 0)
      scope.give(node, {
        ...atom(local[at], node.shape.length === 0 ? [] : [0]),
        ...(node.shape.length === 0 ? { host: true as const } : {}),
      });
  }
  const fed = leaves.filter((node) => !rule.inputs.includes(node.attrs.name));
  const codes = fed.map((node) => {
    const name = node.attrs.name;
    const own = rule.scalars.get(name);
    program.feeds.nameScalar(name, `${update}_${own ?? 'value'}`, rule.origins);
    const parameter = names.take(own ?? 'value');
    scope.give(node, { ...atom(parameter, []), host: true });
    return { argument: scalarCode(program.fed(name, node).code), parameter };
  });
  const results = outputs.map((node) => plain(scope.value(node)));
  const lines = [...scope.lines, `return ${results.join(', ')}`];
  const signature = [...local, ...codes.map(({ parameter }) => parameter)];
  const name = program.define(
    { name: optimizer, span: undefined, kind: 'function' },
    'updates',
    signature,
    lines,
  );
  return { name, args: codes.map(({ argument }) => argument) };
}
