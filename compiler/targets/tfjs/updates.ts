/**
 * An update as functions of the module: one that computes its losses and gradients (gradients.ts), and one that applies
 * them by the optimizer's rule, which is a function of the module too.
 */
import { jsString } from '../text/escape.ts';
import { clipGraph, ruleGraph, type RuleGraph } from '../../differentiate/rules.ts';
import type { LoweredUpdate, Settled } from '../../lower/lowered.ts';
import type { Node } from '../../ir/node.ts';
import { uniformValue } from '../../ir/patterns.ts';
import { momentsOf } from '../../moments.ts';
import { gradientFunction } from './gradients.ts';
import { indented } from './layout.ts';

import type { Module } from './module.ts';
import { numberOf } from './names.ts';
import { outlineOf } from './ops.ts';
import { plainScope } from './scope.ts';
import { conditionPart, settledFunction } from './settled.ts';
import { range } from './value.ts';

/** `update_1` → its functions' texts, in the module; `parts`: how many a minibatch is taken in; `settled`: what it leaves open until all parts of a minibatch are done. */
export function updateFunctions(
  module: Module,
  forward: LoweredUpdate,
  parts: number,
  settled?: Settled,
): void {
  const { update } = forward;
  const number = numberOf(update);
  module.exported.push(
    `// ${'-'.repeat(60)} ${update.name}\n\n/** The weights that ${update.name} trains. */\nconst weights_${number} = [\n${indented(forward.weights.map(({ name }) => `${jsString(name)},`))}\n];`,
  );
  gradientFunction(module, forward, parts, settled);
  if (settled !== undefined) settledFunction(module, update.name, settled, conditionPart(settled));
  applyFunction(module, forward, number);
}

// ---------------------------------------------------------------- optimizers

function applyFunction(module: Module, forward: LoweredUpdate, number: string): void {
  const { update, weights, observed, moved } = forward;
  const rules = [true, false].map((decay) => ruleGraph(update, decay));
  const functions = rules.map((rule) => ruleFunction(module, update.optimizer.name, update.name, rule));
  const [rule] = rules;
  const spare = weights.filter(({ decay }) => !decay);
  const apart = functions[0].name !== functions[1].name && spare.length > 0;
  const lines: string[] = [];
  if (rule.clipNorm !== null) lines.push(clipLine(module, forward, rule.clipNorm, rule.origins));
  if (apart) lines.push(`const spared = new Set(${nameList(spare.map(({ name }) => name))});`);
  lines.push(
    `for (const name of weights_${number}) {\n${indented(loopBody(momentsOf(update), rule, functions, apart))}\n}`,
  );
  if (observed.size > 0) {
    lines.push(
      'for (const [name, batch] of Object.entries(statistics)) {\n  variables[name].assign(running(variables[name], batch));\n}',
    );
    module.needsRunning = true;
  }
  if (moved.size > 0)
    lines.push('for (const [name, next] of Object.entries(moved)) variables[name].assign(next);');
  const parts = [
    'gradients',
    ...(observed.size > 0 ? ['statistics'] : []),
    ...(moved.size > 0 ? ['moved'] : []),
  ];
  module.exported.push(
    `function apply_${number}({ variables }, { ${parts.join(', ')} }, at) {\n  tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`,
  );
}

const nameList = (names: readonly string[]): string => `[${names.map(jsString).join(', ')}]`;

interface RuleFunction {
  readonly name: string;
  readonly args: readonly string[];
}

/** The optimizer's rule as a function; the same rule of two updates is one function. */
function ruleFunction(module: Module, optimizer: string, update: string, rule: RuleGraph): RuleFunction {
  const outputs = Object.values(rule.outputs);
  const outline = outlineOf(outputs);
  const names = module.names.inner();
  const local = rule.inputs.map((name) => names.take(name));
  const fed = outline.inputs().filter(({ attrs }) => !rule.inputs.includes(attrs.name));
  const scope = plainScope(module, outline, names);
  const codes = fed.map((node) => {
    const { name } = node.attrs;
    const own = rule.scalars.get(name);
    module.feeds.nameScalar(name, `${update}_${own ?? 'value'}`, rule.origins);
    return { node, argument: module.fed(name, node).code, parameter: names.take(own ?? 'value') };
  });
  for (const node of outline.inputs()) {
    const at = rule.inputs.indexOf(node.attrs.name);
    if (at >= 0) scope.give(node, { code: local[at], axes: range(node.shape.length) });
  }
  codes.forEach(({ node, parameter }) => scope.give(node, { code: parameter, axes: [], host: true }));
  const results = Object.entries(rule.outputs).map(([name, node]) => {
    const { code } = scope.value(node);
    return code === name ? name : `${name}: ${code}`;
  });
  const parameters = [...local, ...codes.map(({ parameter }) => parameter)];
  const body = `(${parameters.join(', ')}) {\n${indented([...scope.lines, `return { ${results.join(', ')} };`])}\n}`;
  const name = module.define({ name: optimizer, span: undefined, kind: 'function' }, body);
  return { name, args: codes.map(({ argument }) => argument) };
}

function loopBody(
  moments: string,
  rule: RuleGraph,
  functions: readonly RuleFunction[],
  apart: boolean,
): string[] {
  const [decayed, plain] = functions;
  const slot = (name: string): string => `variables[\`${moments}.\${name}.${name}\`]`;
  const slots = rule.slots.map((name) => `const ${name} = ${slot(name)};`);
  const shared = [
    'variables[name]',
    'gradients[name]',
    ...rule.slots,
    ...(rule.clipNorm === null ? [] : ['factor']),
  ];
  const call = ({ name, args }: RuleFunction): string => `${name}(${[...shared, ...args].join(', ')})`;
  const next = apart ? `spared.has(name) ? ${call(plain)} : ${call(decayed)}` : call(plain);
  return [
    ...slots,
    `const next = ${next};`,
    'variables[name].assign(next.weight);',
    ...rule.slots.map((name) => `${name}.assign(next.${name});`),
  ];
}

function clipLine(
  module: Module,
  { update }: LoweredUpdate,
  norm: Node,
  origins: RuleGraph['origins'],
): string {
  const { gradient, clipped } = clipGraph(update);
  const outline = outlineOf([clipped]);
  const scope = plainScope(module, outline, module.names.inner());
  scope.give(gradient, { code: 'gradients[name]', axes: [0] });
  if (norm.op === 'input') module.feeds.nameScalar(norm.attrs.name, `${update.name}_clip_norm`, origins);
  const limit = norm.op === 'input' ? module.fed(norm.attrs.name, norm).code : String(uniformValue(norm));
  const weights = `weights_${numberOf(update)}`;
  return `const factor = ${module.use('clipFactor')}(${weights}.map((name) => ${scope.value(clipped).code}), ${limit});`;
}
