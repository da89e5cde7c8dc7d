/**
 * An update as functions of the module: one that computes its losses and gradients, by the library's own automatic
 * differentiation, and one that applies them. What does not depend on the weights that it trains is computed outside the
 * function whose gradient is taken: what an author would have detached.
 */
import type { Node } from '../../graph/node.ts';
import { forwardClip, forwardRule, type ForwardRule, type ForwardUpdate } from '../../lower/forward.ts';
import type { Lowering } from '../../lower/context.ts';
import { indented, withReturn } from './layout.ts';
import { quoted } from './names.ts';
import { placeOf, type Module } from './module.ts';
import { Outline } from './outline.ts';
import { Scope, type Frame } from './scope.ts';
import { range, tensor, type Value } from './value.ts';

/** Every scope of an exported function sees the state as `networks`. */
export const wholeState = [{ path: '', code: 'networks' }];

/** `update_1` → its functions' texts, in the module. */
export function updateFunctions(module: Module, lowering: Lowering, forward: ForwardUpdate): void {
  const { update } = forward;
  const number = update.name.replace('update_', '');
  const place = placeOf(update.declaration.span);
  module.exported.push(
    `// ${'-'.repeat(60)} ${update.name}\n\n/** The weights that ${update.name} trains. */\nconst weights_${number} = [\n${indented(forward.weights.map(({ name }) => `${quoted(name)},`))}\n];`,
  );
  gradientFunction(
    module,
    forward,
    number,
    `update ${update.networks.join(', ')} to ${update.text}\n * ${place}`,
  );
  applyFunction(module, lowering, forward, number);
}

// ---------------------------------------------------------------- gradients

/** What a gradient function gives back beside gradients, by group and name. */
function resultsOf({
  losses,
  statistics,
  moved,
  condition,
  objective,
}: ForwardUpdate): Record<string, Map<string, Node>> {
  return {
    losses: new Map([...losses, ['objective', objective]]),
    statistics: new Map(statistics),
    moved: new Map(moved),
    when: new Map(condition === null ? [] : [['condition', condition]]),
  };
}

function gradientFunction(module: Module, forward: ForwardUpdate, number: string, doc: string): void {
  const { builder, objective, weights, update } = forward;
  const results = resultsOf(forward);
  const nodes = Object.values(results).flatMap((group) => [...group.values()]);
  const outline = new Outline(nodes, forward.observed, builder.gradients);
  const names = new Set(weights.map(({ name }) => name));
  const leaves = outline.leaves();
  const isState = (node: Node): boolean => node.op === 'input' && module.isState(String(node.attrs.name));
  const trained = outline.dependentsOf(
    leaves.filter((node) => isState(node) && names.has(String(node.attrs.name))),
  );
  const taped = outline.dependentsOf([
    ...leaves.filter(isState),
    ...[...builder.gradients.values()].map(({ by }) => by),
  ]);
  const frame: Frame = { module, outline, spoken: builder.names, taped, region: undefined, twice: false };
  const outer = new Scope(frame, wholeState, module.names.inner());
  const inner = outer.closure((node) => trained.has(node));
  const goal = inner.handed(objective);
  const entries = Object.entries(results).filter(([, group]) => group.size > 0);
  const printed = entries.map(([group, values]) => {
    const items = [...values].map(
      ([name, node]) => [name, valueIn(trained.has(node) ? inner : outer, node), trained.has(node)] as const,
    );
    return { group, items };
  });
  const inside = printed.map(({ group, items }) => ({
    group,
    items: items.filter(([name, , own]) => own && name !== 'objective'),
  }));
  const saved = inside.filter(({ items }) => items.length > 0);
  const keep = module.use('kept');
  const lines = [
    ...saved.map(
      ({ group, items }) =>
        `${group} = ${keep}({ ${items.map(([name, code]) => `${key(name)}: ${code}`).join(', ')} });`,
    ),
  ];
  const declared = saved.length === 0 ? [] : [`let ${saved.map(({ group }) => group).join(', ')};`];
  const call = `const { value, gradients } = ${module.use('valueAndGradients')}(() => {\n${indented(withReturn([...inner.lines, ...lines], update.declaration.sense === 'maximize' ? `tf.neg(${goal})` : goal))}\n}, variables, weights_${number});`;
  const given = printed.map(({ group, items }) => {
    const rest = items
      .filter(([name, , own]) => !own && name !== 'objective')
      .map(([name, code]) => `${key(name)}: ${code}`);
    const spread = saved.some((s) => s.group === group) ? [`...${group}`] : [];
    const value = update.declaration.sense === 'maximize' ? 'tf.neg(value)' : 'value';
    const own = group === 'losses' ? [`objective: ${value}`] : [];
    if (rest.length + own.length === 0) return group;
    return `${group}: { ${[...spread, ...rest, ...own].join(', ')} }`;
  });
  const body = [...outer.lines, ...declared, call, `return { gradients, ${given.join(', ')} };`];
  module.exported.push(
    `/**\n * ${doc}\n */\nfunction gradients_${number}({ networks, variables }, batch, draws, at) {\n  return tf.tidy(() => {\n${indented(body, 2)}\n  });\n}`,
  );
}

const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name));

function valueIn(scope: Scope, node: Node): string {
  const value: Value = scope.value(node);
  return node.shape.length === 0
    ? tensor({ ...value, code: value.truth ? `tf.cast(${value.code}, 'float32')` : value.code })
    : scope.handed(node);
}

// ---------------------------------------------------------------- optimizers

function applyFunction(module: Module, lowering: Lowering, forward: ForwardUpdate, number: string): void {
  const { update, weights, statistics, moved } = forward;
  const rules = [true, false].map((decay) => forwardRule(lowering, update, decay));
  const functions = rules.map((rule) => ruleFunction(module, update.optimizer.name, update.name, rule));
  const [rule] = rules;
  const spare = weights.filter(({ decay }) => !decay);
  const apart = functions[0].name !== functions[1].name && spare.length > 0;
  const lines: string[] = [];
  if (rule.clipNorm !== null) lines.push(clipLine(module, lowering, forward, rule, number));
  if (apart) lines.push(`const spared = new Set(${nameList(spare.map(({ name }) => name))});`);
  lines.push(
    `for (const name of weights_${number}) {\n${indented(loopBody(update.name, rule, functions, apart))}\n}`,
  );
  if (statistics.size > 0) {
    lines.push(
      'for (const [name, batch] of Object.entries(statistics)) {\n  variables[name].assign(running(variables[name], batch));\n}',
    );
    module.needsRunning = true;
  }
  if (moved.size > 0)
    lines.push('for (const [name, next] of Object.entries(moved)) variables[name].assign(next);');
  const parts = [
    'gradients',
    ...(statistics.size > 0 ? ['statistics'] : []),
    ...(moved.size > 0 ? ['moved'] : []),
  ];
  module.exported.push(
    `function apply_${number}({ variables }, { ${parts.join(', ')} }, at) {\n  tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`,
  );
}

const nameList = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`;

interface RuleFunction {
  readonly name: string;
  readonly args: readonly string[];
}

/** The optimizer's rule as a function; the same rule of two updates is one function. */
function ruleFunction(module: Module, optimizer: string, update: string, rule: ForwardRule): RuleFunction {
  const outputs = Object.values(rule.outputs);
  const outline = new Outline(outputs);
  const names = module.names.inner();
  const local = rule.inputs.map((name) => names.take(name));
  const fed = outline.leaves().filter((node) => !rule.inputs.includes(String(node.attrs.name)));
  const frame: Frame = {
    module,
    outline,
    spoken: new Map(),
    taped: new Set(),
    region: undefined,
    twice: false,
  };
  const scope = new Scope(frame, [], names);
  const codes = fed.map((node) => {
    const name = String(node.attrs.name);
    const own = rule.scalars.get(name);
    module.nameScalar(name, `${update}_${own ?? 'value'}`, rule.origins);
    return { node, argument: module.fed(name, node).code, parameter: names.take(own ?? 'value') };
  });
  for (const node of outline.leaves()) {
    const at = rule.inputs.indexOf(String(node.attrs.name));
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
  update: string,
  rule: ForwardRule,
  functions: readonly RuleFunction[],
  apart: boolean,
): string[] {
  const [decayed, plain] = functions;
  const slot = (name: string): string =>
    `variables[\`${update}.\${name}.${name}\`]`.replace(`\${name}.${name}`, `\${name}.${name}`);
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
  lowering: Lowering,
  { update }: ForwardUpdate,
  rule: ForwardRule,
  number: string,
): string {
  const { gradient, clipped } = forwardClip(lowering, update);
  const outline = new Outline([clipped]);
  const frame: Frame = {
    module,
    outline,
    spoken: new Map(),
    taped: new Set(),
    region: undefined,
    twice: false,
  };
  const scope = new Scope(frame, [], module.names.inner());
  scope.give(gradient, { code: 'gradients[name]', axes: [0] });
  const node = rule.clipNorm!;
  const limit =
    node.op === 'constant'
      ? String((node.attrs.values as number[])[0])
      : (module.nameScalar(String(node.attrs.name), `${update.name}_clip_norm`, rule.origins),
        module.fed(String(node.attrs.name), node).code);
  return `const factor = ${module.use('clipFactor')}(weights_${number}.map((name) => ${scope.value(clipped).code}), ${limit});`;
}
