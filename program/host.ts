/**
 * Scalars that the host computes, in float64: learning rates, weights of losses, bias corrections, anything made of
 * numbers and time alone. They reach a graph as scalar inputs. Plain JSON, so that a manifest can hold them.
 */
export type TimeName = 'step' | 'epoch' | 'epochs' | 'progress';
export type HostOperator =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'abs'
  | 'min'
  | 'max'
  | 'floor'
  | 'tanh'
  | 'sigmoid'
  | 'sin'
  | 'cos'
  | 'less'
  | 'equal'
  | 'and'
  | 'or'
  | 'not'
  | 'select';

export type HostExpr =
  | number
  /** Iterations, whole epochs, epochs with their fraction, and the share done, all counted from the phase's start. */
  | { readonly time: TimeName }
  /** How often the update has been applied, this time included (1 at its first). */
  | { readonly applied: string }
  /** In a metric: the result of the set call with this index. */
  | { readonly set: number }
  | { readonly op: HostOperator; readonly args: readonly HostExpr[] };

export interface HostValues {
  readonly time?: Readonly<Record<TimeName, number>>;
  applied?(update: string): number;
  readonly sets?: readonly number[];
}

const operators: Record<HostOperator, (...x: number[]) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  neg: (a) => -a,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
  floor: Math.floor,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  less: (a, b) => Number(a < b),
  equal: (a, b) => Number(a === b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
  not: (a) => Number(a === 0),
  select: (c, a, b) => (c !== 0 ? a : b),
};

/**
 * The expression on known arguments, folded when all are numbers, and where nothing is left of a factor: a param that
 * switches a fall off leaves no number that changes with time.
 */
export function host(op: HostOperator, ...args: HostExpr[]): HostExpr {
  if (args.every((arg) => typeof arg === 'number')) return operators[op](...(args as number[]));
  if (op === 'mul' && args.includes(0) && args.every(staysFinite)) return 0;
  return { op, args };
}

/** Of these a result may be no number, or infinite, though the arguments are numbers. */
const unbounded: ReadonlySet<HostOperator> = new Set(['div', 'pow', 'exp', 'log', 'sqrt']);

/** Whether it is a number at every time, short of overflow. */
function staysFinite(expr: HostExpr): boolean {
  if (typeof expr === 'number') return Number.isFinite(expr);
  if ('time' in expr) return true;
  if (!('op' in expr)) return false;
  const { op, args } = expr;
  if (op === 'div') return typeof args[1] === 'number' && args[1] !== 0 && staysFinite(args[0]);
  return !unbounded.has(op) && args.every(staysFinite);
}

/** The value; a name that `values` lacks is a compiler's mistake and throws. */
export function evaluateHost(expr: HostExpr, values: HostValues): number {
  if (typeof expr === 'number') return expr;
  if ('time' in expr) return known(values.time?.[expr.time], expr);
  if ('applied' in expr) return known(values.applied?.(expr.applied), expr);
  if ('set' in expr) return known(values.sets?.[expr.set], expr);
  return operators[expr.op](...expr.args.map((arg) => evaluateHost(arg, values)));
}

function known(value: number | undefined, expr: HostExpr): number {
  if (value === undefined) throw new Error(`no value for ${JSON.stringify(expr)}`);
  return value;
}

/** The times that the expression depends on. */
export function timesIn(expr: HostExpr): TimeName[] {
  if (typeof expr === 'number') return [];
  if ('time' in expr) return [expr.time];
  return 'op' in expr ? expr.args.flatMap(timesIn) : [];
}

/** Whether it depends on how often an update has been applied. */
export function countsUpdates(expr: HostExpr): boolean {
  if (typeof expr === 'number') return false;
  return 'applied' in expr || ('op' in expr && expr.args.some(countsUpdates));
}

/** `mul(0.1, sub(1, progress))` */
export function printHost(expr: HostExpr): string {
  if (typeof expr === 'number') return String(expr);
  if ('time' in expr) return expr.time;
  if ('applied' in expr) return `applied(${expr.applied})`;
  if ('set' in expr) return `set ${expr.set}`;
  return `${expr.op}(${expr.args.map(printHost).join(', ')})`;
}
