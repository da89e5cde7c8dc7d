/**
 * `table("people.csv", modes: [age(10), hours(5)], classes: [work(4), sex(2)], balanced: true)`: a table with a field for each
 * column, as CTGAN reads one (Xu et al. 2019, arXiv:1907.00503, sections 4.2 and 4.3). Arguments → records, held in memory. A
 * continuous column becomes one of its modes (mixture.ts) and how far from that mode's mean a row lies; a discrete one a class;
 * `balanced` draws rows by their classes (conditions.ts).
 */
import type { FieldType, Option, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { tableRows } from '../formats/delimited.ts';
import { separators } from '../formats/table-text.ts';
import { textPieces } from '../formats/text.ts';
import { count, text, withDefaults } from './arguments.ts';
import type { ColumnSize } from './by-modes.ts';
import { conditionalDraws, readConditions } from './conditions.ts';
import type { Classed } from './conditions.ts';
import { factsOf } from './facts.ts';
import { fileExists, fileSize, hashFile, hashOf, inFolder, partsTwice } from './files.ts';
import { byModes } from './by-modes.ts';
import { few } from './labels.ts';
import { naturally } from './natural.ts';
import type { Watch } from './pack.ts';
import { checkRange, rangeOf, rangeParams } from './selection.ts';
import { rowCount } from './source.ts';
import type { OpenSource, Rows, SyncSource } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const separatorNames = Object.keys(separators) as (keyof typeof separators)[];
const missingRules = ['error', 'skip'] as const;

const params: readonly ParamSpec[] = [
  { name: 'file', type: 'string', doc: 'the file; its first line names the columns' },
  {
    name: 'modes',
    type: 'names',
    default: null,
    doc: 'continuous columns, each with how many modes it has at most (default: 10): [age(10), hours]; in a name `_` stands for what no name may have (`hours-per-week`)',
  },
  {
    name: 'classes',
    type: 'names',
    default: null,
    doc: 'discrete columns, each with its number of different texts: [work(4), sex(2)]; classes are in natural order',
  },
  {
    name: 'balanced',
    type: 'bool',
    default: false,
    doc: 'rows of minibatches are drawn by their classes: a column of `classes` with equal chances, one of its classes by the logarithm of its count, a row that has it; the field `condition` says which',
  },
  {
    name: 'missing',
    type: 'choice',
    default: 'error',
    choices: missingRules,
    doc: 'what becomes of a cell without a value (also NA, NaN, null, ?, of numbers none): an error, or its row is left out',
  },
  {
    name: 'separator',
    type: 'choice',
    default: null,
    choices: separatorNames,
    doc: 'what stands between cells; default: what the line of names has most of',
  },
  ...rangeParams,
  {
    name: 'seed',
    type: 'int',
    default: 0,
    doc: 'of which mode a number is taken to be of, where several are likely',
  },
];

/** More are slips. */
const [mostModes, mostClasses] = [1000, 100_000];

interface Table {
  readonly modes: readonly ColumnSize[];
  readonly classes: readonly ColumnSize[];
  readonly balanced: boolean;
  readonly args: SourceArguments;
}

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Table {
  const args = withDefaults(params, given);
  text(args, 'file');
  checkRange(args);
  count(args, 'seed', 0);
  const modes = columnsIn(args.modes, 'modes', 2, mostModes, 10);
  const classes = columnsIn(args.classes, 'classes', 2, mostClasses, null);
  if (modes.length + classes.length === 0)
    throw new Error(
      'modes: names the continuous columns, classes: the discrete ones; at least one is wanted',
    );
  if (args.balanced === true && classes.length === 0)
    throw new Error('balanced: draws rows by their classes, and no column of classes is named');
  const all = fieldNames(modes, classes, args.balanced === true);
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two fields would be called ${twice}`);
  return { modes, classes, balanced: args.balanced === true, args };
}

/** `age(10),hours` */
function columnsIn(
  list: Option | null | undefined,
  what: string,
  least: number,
  most: number,
  usual: number | null,
): ColumnSize[] {
  if (typeof list !== 'string' || list === '') return [];
  return list.split(/,(?![^(]*\))/).map((one) => {
    const [, name, size] = /^([A-Za-z_]\w*)(?:\((.+)\))?$/.exec(one) ?? [];
    const number = size === undefined ? usual : Number(size);
    if (
      name === undefined ||
      number === null ||
      !(Number.isInteger(number) && number >= least && number <= most)
    )
      throw new Error(
        `${what}: is a list of columns, each with a whole number from ${least} to ${most.toLocaleString('en')}: [age(${usual ?? 4})], not ${one}`,
      );
    return { name, size: number };
  });
}

const [modeOf, meansOf, stdsOf] = ['mode', 'means', 'stds'].map(
  (part) => (name: string) => `${name}_${part}`,
);
const condition = 'condition';

const fieldNames = (
  modes: readonly ColumnSize[],
  classes: readonly ColumnSize[],
  balanced: boolean,
): string[] => [
  ...modes.flatMap(({ name }) => [name, modeOf(name), meansOf(name), stdsOf(name)]),
  ...classes.map(({ name }) => name),
  ...(balanced ? [condition] : []),
];

function fields(given: SourceArguments): Record<string, FieldType> {
  const { modes, classes, balanced } = wanted(given);
  const types: Record<string, FieldType> = {};
  for (const { name, size } of modes) {
    types[name] = { kind: 'scalar', shape: [], range: [-1, 1] };
    types[modeOf(name)] = { kind: 'label', shape: [], classes: size };
    types[meansOf(name)] = { kind: 'vec', shape: [size] };
    types[stdsOf(name)] = { kind: 'vec', shape: [size] };
  }
  for (const { name, size } of classes) types[name] = { kind: 'label', shape: [], classes: size };
  const all = classes.reduce((sum, { size }) => sum + size, 0);
  if (balanced) types[condition] = { kind: 'vec', shape: [all], range: [0, 1] };
  return types;
}

// ---------------------------------------------------------------- the file

/** Columns of the whole file. */
interface Cells {
  readonly numbers: readonly Float64Array[];
  readonly texts: readonly (readonly string[])[];
}

function read({ modes, classes, args }: Table, path: string, watch?: Watch): Cells {
  const rows = tableRows(textPieces(partsTwice(path, watch)), path, {
    numbers: modes.map(({ name }) => name),
    texts: classes.map(({ name }) => name),
    separator: separatorNames.find((one) => one === args.separator) ?? null,
    decimal: null,
    missing: missingRules.find((one) => one === args.missing) ?? 'error',
  });
  const numbers: number[][] = modes.map(() => []);
  const texts: string[][] = classes.map(() => []);
  for (const part of rows)
    for (const row of part) {
      row.numbers.forEach((value, i) => numbers[i].push(value));
      row.texts.forEach((value, i) => texts[i].push(value));
    }
  return { numbers: numbers.map((column) => Float64Array.from(column)), texts };
}

interface Facts {
  readonly rows: number;
  /** What the classes of each column are called. */
  readonly classes: readonly (readonly string[])[];
}

/** The different texts of a column, in natural order. */
function classesIn(column: readonly string[], { name, size }: ColumnSize, path: string): string[] {
  const found = [...new Set(column)].sort(naturally);
  if (found.length === size) return found;
  throw new FileError(
    path,
    null,
    `column ${name}: ${found.length} different texts (${few(found)}), where classes: says ${name}(${size})`,
  );
}

function factsIn(what: Table, path: string, watch?: Watch): Facts {
  const { file: _, skip: __, take: ___, seed: ____, ...rest } = what.args;
  const key = hashOf('typed table', hashFile(path), JSON.stringify(rest));
  return factsOf(key, fileSize(path), () => factsBy(what, path, read(what, path, watch)));
}

const factsBy = ({ classes }: Table, path: string, { numbers, texts }: Cells): Facts => ({
  rows: numbers[0]?.length ?? texts[0].length,
  classes: texts.map((column, i) => classesIn(column, classes[i], path)),
});

// ---------------------------------------------------------------- rows

function opened(given: SourceArguments, folder: string): OpenSource {
  const what = wanted(given);
  const path = inFolder(folder, text(what.args, 'file'));
  const cells = read(what, path);
  const facts = factsBy(what, path, cells);
  const { from, to } = rangeOf(what.args, facts.rows);
  const columns: Record<string, Column> = {};
  const constants = new Map<string, readonly number[]>();
  what.modes.forEach((one, i) => {
    const { modes, scaled, mode } = byModes(cells.numbers[i], one, count(what.args, 'seed', 0));
    columns[one.name] = { data: scaled.subarray(from, to) };
    columns[modeOf(one.name)] = { data: mode.subarray(from, to) };
    constants.set(
      meansOf(one.name),
      modes.map(({ mean }) => mean),
    );
    constants.set(
      stdsOf(one.name),
      modes.map(({ std }) => std),
    );
  });
  const classed = what.classes.map(({ name, size }, i): Classed => {
    const index = new Map(facts.classes[i].map((called, at) => [called, at]));
    const rows = Uint32Array.from(cells.texts[i].slice(from, to), (cell) => index.get(cell) ?? 0);
    columns[name] = { data: rows };
    return { classes: size, rows };
  });
  const types = fields(given);
  const table = tableSource(pick(types, Object.keys(columns)), columns);
  return withConditions(table, types, constants, what.balanced ? classed : null);
}

const pick = <T>(table: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, table[name]]));

/** The rows with what all of them have in common, and the condition under which each was drawn. */
function withConditions(
  table: OpenSource,
  types: Readonly<Record<string, FieldType>>,
  constants: ReadonlyMap<string, readonly number[]>,
  classed: readonly Classed[] | null,
): OpenSource {
  const own = (rows: Rows): Rows => {
    if (rows instanceof Uint32Array) return rows.map((row) => row % table.count);
    const { from, to } = rows;
    if (to <= table.count) return rows;
    return Uint32Array.from({ length: to - from }, (_, i) => (from + i) % table.count);
  };
  return {
    count: table.count,
    fields: types,
    ...(classed && { drawn: conditionalDraws(classed) }),
    read(field, rows, out) {
      const constant = constants.get(field);
      if (field === condition && classed !== null) return readConditions(classed, rows, out);
      if (constant === undefined) return table.read(field, own(rows), out);
      for (let i = 0; i < rowCount(rows); i++) out.set(constant, i * constant.length);
    },
  };
}

export const table: SyncSource = {
  signature: {
    name: 'table',
    doc: 'A table (CSV, TSV) with a field for each column. Of a continuous one `age`: `age: real in [-1, 1]`, (x - mean) / (4 std) of a mode, `age_mode: label`, which mode, and `age_means: vec`, `age_stds: vec`, those of all its modes, so that `sum(mode * (means + 4 * stds * scaled))` is x again; of a discrete one a label; and, `balanced`, `condition: vec`, with a 1 where a row was drawn by that class (CTGAN).',
    params,
    fields,
  },
  describe(given, folder, watch) {
    const what = wanted(given);
    const path = inFolder(folder, text(what.args, 'file'));
    if (!fileExists(path)) return null;
    const { rows, classes } = factsIn(what, path, watch);
    const { from, to } = rangeOf(what.args, rows);
    const { file: _, ...rest } = what.args;
    const named = what.classes.map(({ name }, i) => [name, classes[i]] as const);
    return {
      count: to - from,
      hash: hashOf(hashFile(path), JSON.stringify(rest)),
      ...(named.length > 0 && { classes: Object.fromEntries(named) }),
    };
  },
  open: opened,
};
