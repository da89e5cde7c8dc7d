/** A name in front of `(` that means nothing there: what it may have been, or where it belongs. */
import type * as ast from '../../grammar/ast.ts';
import { editDistance, Mistake, nearest, suggestion } from '../../grammar/diagnostics.ts';
import { torchHint, torchNames, torchWays } from '../../grammar/torch-words.ts';
import { writtenNetworks } from '../bind/network-named.ts';
import { kinds } from '../errors.ts';
import { functions } from '../vocabulary/functions.ts';
import { layers } from '../vocabulary/layers.ts';
import { optimizers } from '../vocabulary/optimizers.ts';
import type { Builtin } from '../vocabulary/builtin.ts';
import type { Context, Scope } from './context.ts';

/** `builtIn`: everything that the language has to call at this place. */
export function unknownFunction(
  callee: ast.NameExpr,
  context: Context,
  { network }: Scope,
  builtIn: readonly string[],
): Mistake {
  const { names, catalogue } = context;
  const { name, span } = callee;
  const metrics = Object.keys(catalogue.metrics);
  const other = elsewhere(name, context);
  if (other !== undefined) {
    return new Mistake(kinds.unknownFunction, { what: `\`${name}\` ${other.what}`, hint: other.hint }, span);
  }
  // A metric stands in a report alone, a block in a network.
  const fns = [...names.functions].filter(([, { kind }]) => kind === 'Fn' || network !== null);
  const own = [...writtenNetworks(names), ...fns.map(([fn]) => fn)];
  const known = [...builtIn, ...own, ...(context.report === undefined ? [] : metrics)];
  const hint =
    torchHint(torchNames, name, known) ??
    (Object.hasOwn(torchWays, name) ? torchWays[name] : undefined) ??
    slip(name, known) ??
    '`ganc explain layers` lists what is built in.';
  return new Mistake(
    kinds.unknownFunction,
    { what: `there is no layer, function or network \`${name}\``, hint },
    span,
  );
}

/** A slip of the hand: words of the vocabulary are short, and `cos` is no misspelt `conv`. */
function slip(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  const few =
    near !== undefined &&
    editDistance(name.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.floor(name.length / 4));
  return few ? suggestion(name, [near]) : undefined;
}

/** Names that mean something, but not here. */
function elsewhere(name: string, { catalogue }: Context): { what: string; hint: string } | undefined {
  if (Object.hasOwn(catalogue.metrics, name)) {
    return {
      what: "is a metric and stands outside a report's `metric` line",
      hint: 'Measure it in a `report`: `metric m = ...`.',
    };
  }
  if (Object.hasOwn(catalogue.pictures, name)) {
    const { medium } = catalogue.pictures[name];
    return {
      what: `makes a ${medium} and stands outside a report's \`${medium}\` line`,
      hint: `Show it in a \`report\`: \`${medium} p = ${name}(...)\`.`,
    };
  }
  if (Object.hasOwn(optimizers, name)) {
    return {
      what: 'is an optimizer and stands outside an update',
      hint: `Write it behind \`with\`: \`update N to minimize l with ${name}(...)\`, or declare it: \`optimizer o = ${name}(...)\`.`,
    };
  }
  if (Object.hasOwn(catalogue.sources, name)) {
    return {
      what: 'is a data source',
      hint: `Declare a stream first, \`data d = ${name}(...)\`, and use its fields.`,
    };
  }
  const [taker] = Object.entries({ ...functions, ...layers } as Readonly<Record<string, Builtin>>).flatMap(
    ([of, { params }]) =>
      params.flatMap(({ name: param, choices = [] }) => (choices.includes(name) ? [{ of, param }] : [])),
  );
  if (taker !== undefined) {
    return {
      what: `is a choice of \`${taker.of}\`, and nothing that is called`,
      hint: `Write \`${taker.of}(..., ${taker.param}: ${name})\`.`,
    };
  }
  return undefined;
}
