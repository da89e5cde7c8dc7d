/**
 * What the checker knows of a value: form and shape without rows, kind, range, where its rows come from, and whether a
 * hidden field went into it.
 */
import { printDim, sameShape, type Dim, type Shape } from './ir/dim.ts';

/** `mat` has no channels, and nothing is repeated along it; `tensor` is a weight of more than two axes. */
export type Form = 'scalar' | 'vec' | 'mat' | 'seq' | 'image' | 'tensor';

/** What the numbers mean. `truth` is the result of a comparison. */
export type Kind = 'real' | 'logit' | 'prob' | 'onehot' | 'label' | 'truth';

export type Bounds = readonly [number, number];

/**
 * Where rows come from: a data stream or sample by name, several stacked, packs of some, pairs of two. Names that have met are one origin
 * (rows.ts). null: the value has no rows (a batch mean, a weight).
 */
export type RowOrigin = string | readonly RowOrigin[] | PackedRows | PairedRows;
/** So many consecutive rows as one. */
export interface PackedRows {
  readonly packed: RowOrigin;
  readonly by: number;
}
/** Every row of the first with every row of the second, those of all processes. */
export interface PairedRows {
  readonly pairs: readonly [RowOrigin, RowOrigin];
}

export interface TensorType {
  readonly form: Form;
  /** Without rows: [] scalar, [N] vec, [M, N] mat, [C, T] seq, [C, H, W] image. */
  readonly shape: Shape;
  readonly kind: Kind;
  readonly range: Bounds | null;
  readonly rows: RowOrigin | null;
  /** Of a label: the number of classes. */
  readonly classes: Dim | null;
  /** The hidden field that went into it, as `data.field`. */
  readonly hidden: string | null;
}

const formOfRank: readonly Form[] = ['scalar', 'vec', 'seq', 'image'];
const plainForms: readonly Form[] = ['scalar', 'vec', 'mat', 'tensor'];

/** Whether its axes are no channels and places. */
export const isPlain = (form: Form): boolean => form === 'mat' || form === 'tensor';

/** The form of so many axes, made of something of the form `from`. */
export const formOf = (rank: number, from: Form = 'seq'): Form =>
  (isPlain(from) ? plainForms : formOfRank)[rank] ?? 'tensor';

/** A real tensor of this shape, its form by the shape's rank. */
export function real(shape: Shape, rows: RowOrigin | null): TensorType {
  return {
    form: formOf(shape.length),
    shape,
    kind: 'real',
    range: null,
    rows,
    classes: null,
    hidden: null,
  };
}

/** A weight or statistic: the numbers as they are stored, without rows. */
export const stored = (shape: readonly number[]): TensorType => ({
  ...real(shape, null),
  form: formOf(shape.length, 'mat'),
});

/** One number a row: scalars and `vec[1]`. */
export function isScalar(type: TensorType): boolean {
  return type.form === 'scalar' || (type.form === 'vec' && type.shape[0] === 1);
}

/** One truth for the batch, which a condition is; masks hold one for each place of a row. */
export const isCondition = ({ kind, form, rows }: TensorType): boolean =>
  kind === 'truth' && form === 'scalar' && rows === null;

/** How many numbers a row makes one: `text` is what they are, as it is written. */
export function oneNumberHint(type: TensorType, text = '...'): string {
  const mean = `\`mean(${text.length > 60 ? '...' : text})\``;
  const size = type.shape.every((dim) => typeof dim === 'number') ? sizeOf(type.shape) : undefined;
  const many = size === undefined ? 'as many times as a row has numbers' : `${size} times`;
  return `Take the mean over a row, ${mean}; \`sum\` is ${many} the mean.`;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, n) => all * n, 1);

const vectorKinds: Partial<Record<Kind, string>> = { logit: 'logits', prob: 'probs', onehot: 'onehot' };

/** As it would be written in a spec: `image[1, 28, 28] in [0, 1]`, `logits[10]`, `label[10]`. */
export function printType(type: TensorType): string {
  const dims = (shape: Shape): string => (shape.length === 0 ? '' : `[${shape.map(printDim).join(', ')}]`);
  const range = type.range === null ? '' : ` in [${type.range.join(', ')}]`;
  if (type.kind === 'label') return `label${type.classes === null ? '' : dims([type.classes])}`;
  if (type.form === 'scalar') return type.kind + range;
  const name = ((type.form === 'vec' || type.form === 'seq') && vectorKinds[type.kind]) || type.form;
  const word = name === type.form && type.kind !== 'real' ? ` of ${type.kind}s` : '';
  return name + dims(type.shape) + word + range;
}

export function sameTypeShape(a: TensorType, b: TensorType): boolean {
  return a.form === b.form && sameShape(a.shape, b.shape);
}

export function printRows(rows: RowOrigin | null): string {
  if (rows === null) return 'no rows';
  if (typeof rows === 'string') return rows;
  if (isStack(rows)) return `stack(${rows.map(printRows).join(', ')})`;
  return 'packed' in rows
    ? `pack(${printRows(rows.packed)}, ${rows.by})`
    : `pairs of ${rows.pairs.map(printRows).join(' and ')}`;
}

/** Whether rows are batches one below the other. */
export function isStack(rows: RowOrigin): rows is readonly RowOrigin[] {
  return Array.isArray(rows);
}
