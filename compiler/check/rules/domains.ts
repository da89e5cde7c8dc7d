/**
 * Logarithms, roots, divisors and standard deviations of what can be 0 or less: an error where nothing that is defined is
 * left of the interval, a warning where some of it is. Norms may be divided by: they are 0 for a row of zeros alone.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { textOf } from '../../../grammar/source.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { valueIntervals } from '../../analyse/intervals.ts';
import { builtinOf } from '../../analyse/signs.ts';
import { contains, isBounded, type Interval } from '../../ir/intervals.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { spreadOf } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

/** Something that is not defined everywhere, as it stands in the spec. */
interface Use {
  readonly node: Node;
  readonly of: Node;
  /** As messages begin: "a logarithm". */
  readonly what: string;
  /** Whether 0 is fine. */
  readonly zero: boolean;
  /** Whether it is fine below 0. */
  readonly negative: boolean;
  readonly hint: string;
}

export const domains: Rule = (analysis) => {
  const roots = (analysis.schedule?.updates ?? []).flatMap(({ objective }) => objective?.node ?? []);
  const intervals = valueIntervals(analysis, roots);
  return reachable(roots).flatMap((node) => {
    const use = useOf(node);
    return use === undefined ? [] : outside(analysis, use, intervals.get(use.of)!);
  });
};

const softened = 'Add a small number to it, or keep it above one: `max(x, 1e-8)`.';

/** What the spec itself asks for; what builtins compute is defined by how they are made. */
function useOf(node: Node): Use | undefined {
  const builtin = builtinOf(node);
  if (node.region?.kind === 'gradient') return undefined;
  const [x, y] = node.inputs;
  const own = builtin === undefined;
  if (node.op === 'log' && builtin === 'normal') {
    const hint = 'End it with `softplus` or `exp`, or give `log_variance:`, which may be any number.';
    return { node, of: x, what: 'a standard deviation', zero: false, negative: false, hint };
  }
  if (node.op === 'log' && builtin === 'log')
    return { node, of: x, what: 'a logarithm of a number', zero: false, negative: false, hint: softened };
  if (node.op === 'sqrt' && (own || builtin === 'sqrt'))
    return { node, of: x, what: 'a square root of a number', zero: true, negative: false, hint: softened };
  if (node.op === 'div' && own)
    return { node, of: y, what: 'a division by a number', zero: false, negative: true, hint: softened };
  return undefined;
}

function outside(analysis: Analysis, use: Use, interval: Interval): Diagnostic[] {
  const { node, what, hint } = use;
  if (node.origin === undefined || node.origin.source.path.startsWith('prelude/')) return [];
  const never = !possible(use, interval);
  if (!never && !doubtful(analysis, use, interval)) return [];
  const text = textOf(node.origin).replace(/\s+/g, ' ');
  const state = `${never ? 'is always' : 'can be'} ${wrongPart(use, interval)}`;
  return [
    diagnostic(never ? kinds.undefinedValue : kinds.maybeUndefined, node.origin, {
      what:
        builtinOf(node) === 'normal'
          ? `the std of \`${text}\` ${state}`
          : `\`${text}\` is ${what} that ${state}`,
      why: `It lies in ${printed(interval)}, and ${wanted(use)}.`,
      hint,
    }),
  ];
}

/** Whether some value of the interval is defined. */
const possible = ({ zero, negative }: Use, interval: Interval): boolean =>
  interval.high.at > 0 || (zero && contains(interval, 0)) || (negative && interval.low.at < 0);

/** Whether some is known not to be. */
function doubtful(analysis: Analysis, use: Use, interval: Interval): boolean {
  const bad = (!use.zero && contains(interval, 0)) || (!use.negative && interval.low.at < 0);
  if (!bad) return false;
  if (isBounded(interval)) return !(use.negative && isNorm(use.of));
  // Data of unknown range may well be positive; what a network computes is whatever its last layer gives.
  return !use.negative && reachable([use.of]).some((node) => analysis.evaluated.constants.has(node));
}

/** A norm, or a product of norms: 0 only for a row of zeros. */
const isNorm = (node: Node): boolean => {
  const { op, inputs } = spreadOf(node);
  return op === 'sqrt' || (op === 'mul' && inputs.every(isNorm));
};

const wrongPart = ({ zero, negative }: Use, { low }: Interval): string => {
  if (negative) return '0';
  return zero || low.at < 0 ? 'negative' : '0';
};
const wanted = ({ zero, negative, what }: Use): string => {
  if (negative) return 'nothing can be divided by 0';
  return `${what.replace(' of a number', '')} takes ${zero ? 'none below 0' : 'numbers above 0'}`;
};

function printed({ low, high }: Interval): string {
  const number = (x: number): string =>
    Number.isFinite(x) ? String(Number(x.toPrecision(4))) : `${x < 0 ? '-' : ''}∞`;
  return `${low.closed ? '[' : '('}${number(low.at)}, ${number(high.at)}${high.closed ? ']' : ')'}`;
}
