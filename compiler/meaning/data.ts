/** What a spec reads, draws and keeps beside weights. In: a checked spec; out: an item a stream, sample, state and history. */
import type { FieldType, Option } from '../../program/catalogue.ts';
import type { DataInfo, HistoryInfo, SampleInfo, StateInfo } from '../bind/names.ts';
import { printType } from '../types.ts';
import { flat, none, plain, type Subject } from './subject.ts';
import type { Fact, Item } from './meaning.ts';
import type { Reading } from './tokens.ts';

export function dataItem({ described }: Subject, { renamed }: Reading, info: DataInfo): Item {
  const { name } = info.declaration.name;
  const { source, args, fields, convert, hidden, batch } = info;
  const description = described[name] ?? info.description;
  const found = (text: string | undefined): Pick<Fact, 'text' | 'same'> => ({
    text: text ?? 'not known',
    same: text ?? null,
  });
  const facts: Fact[] = [
    { key: 'source', ...plain(source) },
    ...Object.entries(args).map(([key, value]): Fact => ({ key, ...plain(optionText(value)) })),
    ...Object.entries(fields).map(([key, type]): Fact => ({
      key: `field ${key}`,
      ...plain(fieldText(type)),
    })),
    { key: 'converted', rest: true, ...plain(JSON.stringify(convert)) },
    { key: 'hidden', ...plain(list([...hidden].sort())) },
    { key: 'batch', ...plain(batch === null ? "the schedule's" : String(batch)) },
    { key: 'rows', ...found(description?.count.toLocaleString('en')) },
    // Of content that rows don't tell apart.
    { key: 'content', ...found(description && `SHA-256 ${description.hash.slice(0, 12)}…`) },
  ];
  return item('data', name, renamed(name), flat(info.declaration.source.span), facts);
}

export function sampleItem({ renamed }: Reading, info: SampleInfo): Item {
  const { family, size, args, batch } = info;
  const { name } = info.declaration.name;
  const drawn = `${family}${size === null ? '' : `[${size}]`}${args.length === 0 ? '' : `(${args.join(', ')})`}`;
  const facts: Fact[] = [
    { key: 'distribution', ...plain(drawn) },
    { key: 'batch', ...plain(batch === null ? none : String(batch)) },
  ];
  return item('samples', name, renamed(name), drawn, facts);
}

export function stateItem({ renamed }: Reading, { name, type, initial }: StateInfo): Item {
  const facts: Fact[] = [
    { key: 'type', ...plain(printType(type)) },
    { key: 'starts', ...plain(String(initial)) },
  ];
  return item('states', name, renamed(name), printType(type), facts);
}

export function historyItem({ renamed }: Reading, { name, size, chance, declaration }: HistoryInfo): Item {
  const facts: Fact[] = [
    { key: 'of', ...plain(flat(declaration.of.span)) },
    { key: 'size', ...plain(String(size)) },
    { key: 'chance', ...plain(String(chance)) },
  ];
  return item('states', name, renamed(name), `history of ${size}`, facts);
}

const item = (
  section: Item['section'],
  name: string,
  key: string,
  summary: string,
  facts: readonly Fact[],
): Item => ({
  ...{ section, name, key, kin: [], summary, facts, parts: [], ordered: true },
});

const list = (names: readonly string[]): string => (names.length === 0 ? none : names.join(', '));

const optionText = (value: Option | null): string => {
  if (value === null) return none;
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
};

/** `image[1, 28, 28] in [0, 1]`, `label[10]` */
function fieldText({ kind, shape, range, classes }: FieldType): string {
  const sizes = kind === 'label' ? [classes ?? '?'] : shape;
  const within = range === undefined ? '' : ` in [${range.join(', ')}]`;
  return `${kind}${sizes.length === 0 ? '' : `[${sizes.join(', ')}]`}${within}`;
}
