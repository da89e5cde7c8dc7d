/**
 * Of the functions that emitted programs bring along (support.ts), those that run a step: gradients taken, losses read, updates
 * applied, at once or in parts of a minibatch.
 */

export const stepHelpers = {
  clipFactor: {
    text: `/** What gradients are multiplied by so that their common Euclidean norm is at most this. */
function clipFactor(gradients, most) {
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))));
  return tf.where(tf.less(most, norm), tf.div(most, norm), 1);
}`,
  },
  valueAndGradients: {
    text: `/** The value of f and its gradients by the variables of these names; zeros where none flows. */
function valueAndGradients(f, variables, names) {
  const { value, grads } = tf.variableGrads(f, names.map((name) => variables[name]));
  const gradientOf = (variable) => grads[variable.name] ?? tf.zerosLike(variable);
  return { value, gradients: Object.fromEntries(names.map((name) => [name, gradientOf(variables[name])])) };
}`,
  },
  kept: {
    text: `/** Tensors that outlive the function whose gradient is taken, by name. */
const kept = (tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, tf.keep(tf.clone(x))]));`,
  },
  perform: {
    text: `/**
 * Gradients of all these updates at the weights as they are; then, unless a loss is not finite, each applied if its
 * condition holds. Gives losses by update, and which updates were applied.
 */
async function perform(updates, model, batch, draws, at) {
  const taken = updates.map(([, gradients]) => gradients(model, batch, draws, at));
  const results = {};
  for (const [i, [name]] of updates.entries()) {
    const { losses = {}, objective, when = {} } = taken[i];
    const values = await numbers({ objective, ...when });
    results[name] = { losses: await numbers(losses), objective: values.objective, applied: values.condition !== 0 };
  }
  const all = Object.values(results).flatMap(({ losses, objective }) => [...Object.values(losses), objective]);
  const finite = all.every(Number.isFinite);
  updates.forEach(([name, , apply], i) => finite && results[name].applied && apply(model, taken[i], at));
  tf.dispose(taken);
  return results;
}`,
    uses: ['numbers'],
  },
  sumUp: {
    text: `/** Adds what these updates give for a part of a minibatch to their sums. Gives losses by update. */
async function sumUp(updates, model, batch, draws, at) {
  const results = {};
  for (const [name, gradients] of updates) {
    const taken = gradients(model, batch, draws, at);
    const { losses = {}, objective, when = {} } = taken;
    const value = objective ? await numbers({ objective }) : { objective: 0 };
    results[name] = { losses: await numbers(losses), ...value, applied: true };
    for (const what of ['gradients', 'statistics', 'moved', 'means', 'whole'])
      for (const [of, x] of Object.entries(taken[what] ?? {})) addTo(model, \`sum.\${name}.\${what}.\${of}\`, x);
    if (when.condition) addTo(model, \`sum.\${name}.when\`, when.condition);
    tf.dispose(taken);
  }
  return results;
}

const addTo = ({ variables }, name, x) => tf.tidy(() => variables[name].assign(tf.add(variables[name], x)));`,
    uses: ['numbers'],
  },
  applyMeans: {
    text: `/**
 * Applies the means over so many parts of a minibatch, each if its condition holds and what they settle is finite; the sums are 0
 * again.
 */
async function applyMeans(updates, parts, model, draws, at) {
  const results = {};
  const taken = updates.map(([name, , settled]) => meansOf(name, settled, parts, model, draws, at));
  for (const [i, [name]] of updates.entries()) {
    const { losses = {}, objective, when } = taken[i];
    const value = objective ? await numbers({ objective }) : { objective: 0 };
    const { condition = 1 } = await numbers(when);
    results[name] = { losses: await numbers(losses), ...value, applied: condition !== 0 };
  }
  const all = Object.values(results).flatMap(({ losses, objective }) => [...Object.values(losses), objective]);
  const finite = all.every(Number.isFinite);
  updates.forEach(([name, apply], i) => finite && results[name].applied && apply(model, taken[i], at));
  tf.dispose(taken);
  return results;
}`,
    uses: ['meansOf', 'numbers'],
  },
  meansOf: {
    text: `/** Means over so many parts of what an update gave, and what those over all rows settle. */
function meansOf(name, settled, parts, model, draws, at) {
  const taken = { gradients: {}, statistics: {}, moved: {}, means: {}, whole: {}, when: {} };
  for (const [key, sum] of Object.entries(model.variables)) {
    if (!key.startsWith(\`sum.\${name}.\`)) continue;
    const [, , what, ...of] = key.split('.');
    // The sum of an update's conditions is the only one without a name.
    taken[what][of.join('.') || 'condition'] = tf.div(sum, parts);
    tf.tidy(() => sum.assign(tf.zerosLike(sum)));
  }
  return settled ? { ...taken, ...settled(model, draws, at, taken.means) } : taken;
}`,
  },
  wholeOf: {
    text: `/** Numbers of the whole minibatch that an update needs for its parts, as means of the sums over so many parts. */
function wholeOf(variables, name, parts) {
  const prefix = \`sum.\${name}.whole.\`;
  const sums = Object.entries(variables).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(sums.map(([key, sum]) => [key.slice(prefix.length), tf.div(sum, parts)]));
}`,
  },
  numbers: {
    text: `/** Scalars as numbers. */
async function numbers(scalars) {
  const values = await Promise.all(Object.values(scalars).map((x) => x.data()));
  return Object.fromEntries(Object.keys(scalars).map((name, i) => [name, values[i][0]]));
}`,
  },
} as const;
