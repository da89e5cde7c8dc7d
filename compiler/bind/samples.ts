/** Samples: the distribution that a sample is drawn from, its size and its numbers. */
import type * as ast from '../../grammar/ast.ts';
import { bind, expressionOf, givenOf } from './match.ts';
import { evaluateConstant, evaluateCount } from './constant.ts';
import { Silence } from './dims.ts';
import type { SampleInfo, KnownNames } from './names.ts';
import {
  Mistake,
  suggestion,
  type DiagnosticDetails,
  type DiagnosticKind,
} from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';

interface Family {
  readonly args: readonly string[];
  readonly defaults: readonly number[];
  /** Whether it needs a size, and what the size is called in messages. */
  readonly sized: boolean;
  readonly example: string;
  /** What is wrong with its numbers. */
  problem?(args: readonly number[]): (DiagnosticDetails & { readonly kind: DiagnosticKind }) | undefined;
}

const families: Readonly<Record<SampleInfo['family'], Family>> = {
  normal: { args: [], defaults: [], sized: false, example: 'normal[100]' },
  uniform: {
    args: ['low', 'high'],
    defaults: [0, 1],
    sized: false,
    example: 'uniform[100](-1, 1)',
    problem: ([low, high]) =>
      low < high
        ? undefined
        : {
            kind: kinds.emptyInterval,
            what: `uniform from ${low} to ${high} is empty`,
            hint: 'Write the lower end first.',
          },
  },
  integer: {
    args: ['low', 'high'],
    defaults: [0, 2],
    sized: false,
    example: 'integer(0, 16)',
    problem: ([low, high]) =>
      Number.isInteger(low) && Number.isInteger(high) && low < high && high - low <= 2 ** 21
        ? undefined
        : {
            kind: kinds.emptyInterval,
            what: `${low} up to ${high} are not from one to two million whole numbers`,
            hint: 'Write two whole numbers, the lower one first; the upper one is left out: `integer(0, 16)` is 0 to 15.',
          },
  },
  categorical: { args: [], defaults: [], sized: true, example: 'categorical[10]' },
  bernoulli: {
    args: ['p'],
    defaults: [0.5],
    sized: false,
    example: 'bernoulli[8](0.5)',
    problem: ([p]) =>
      p >= 0 && p <= 1
        ? undefined
        : {
            kind: kinds.argumentOutside,
            what: `${p} is no probability`,
            hint: 'Write a number from 0 to 1.',
          },
  },
};

type Base = KnownNames;

export function describeSample(declaration: ast.SampleDecl, base: Base): SampleInfo {
  const { distribution } = declaration;
  const { name, family } = familyOf(distribution.name);
  const { dims } = distribution;
  if (dims.length > 1 || (family.sized && dims.length === 0)) {
    const what = `\`${name}\` takes one size, and ${dims.length === 0 ? 'none is' : `${dims.length} are`} given`;
    throw new Mistake(kinds.sizeCount, { what, hint: `Write \`${family.example}\`.` }, distribution.span);
  }
  return {
    declaration,
    family: name,
    size: dims.length === 0 ? null : evaluateCount(dims[0], base, 'a size'),
    args: argumentsOf(name, family, distribution, base),
    batch: declaration.batch === undefined ? null : evaluateCount(declaration.batch, base, 'a batch'),
  };
}

function familyOf({ name, span }: ast.Ident): { name: SampleInfo['family']; family: Family } {
  if (name === '') throw new Silence();
  if (isFamily(name)) return { name, family: families[name] };
  const hint = suggestion(name, Object.keys(families), 'Distributions:');
  throw new Mistake(
    kinds.unknownName,
    { what: `there is no distribution \`${name}\` to sample`, hint },
    span,
  );
}

const isFamily = (name: string): name is SampleInfo['family'] => Object.hasOwn(families, name);

function argumentsOf(name: string, family: Family, distribution: ast.Distribution, base: Base): number[] {
  const what = `\`${name}\``;
  const slots = family.args.map((arg) => ({ name: arg, optional: true, variadic: false }));
  const bound = bind(slots, givenOf(distribution), what, distribution.span);
  const args = family.args.map((arg, i) => {
    const given = bound.get(arg)?.[0];
    return given === undefined ? family.defaults[i] : evaluateConstant(expressionOf(given, what), base);
  });
  const problem = family.problem?.(args);
  if (problem !== undefined) throw new Mistake(problem.kind, problem, distribution.span);
  return args;
}
