/** Visibility: what is made from a hidden field is hidden, whatever layer or function makes it. */
import type { Value } from '../values.ts';
import type { Builtin } from '../vocabulary/builtin.ts';
import type { Given } from '../bind/match.ts';

/** The value of a call, marked as hidden if one of its arguments is. */
export function hide(
  value: Value,
  given: readonly Given[],
  args: { values(name: string): readonly Value[] },
  item: Builtin,
): Value {
  const inputs = [
    ...item.params.flatMap((param) => args.values(param.name)),
    ...given.flatMap((one) => one.value ?? []),
  ];
  const hidden = inputs.map(hiddenIn).find((name) => name !== null);
  return hidden === undefined ? value : marked(value, hidden!);
}

function hiddenIn(value: Value): string | null {
  if (value.sort === 'tensor') return value.type.hidden;
  const parts =
    value.sort === 'distribution'
      ? Object.values(value.parameters)
      : value.sort === 'list'
        ? value.items
        : [];
  return parts.map(hiddenIn).find((name) => name !== null) ?? null;
}

function marked(value: Value, hidden: string): Value {
  if (value.sort === 'tensor') {
    return value.type.hidden !== null
      ? value
      : { sort: 'tensor', node: value.node, type: { ...value.type, hidden }, ident: value.ident };
  }
  if (value.sort === 'record') return { ...value, fields: mapValues(value.fields, (v) => marked(v, hidden)) };
  if (value.sort !== 'distribution') return value;
  return {
    ...value,
    parameters: mapValues(value.parameters, (v) => marked(v, hidden)) as typeof value.parameters,
  };
}

const mapValues = <T>(
  object: Readonly<Record<string, T>>,
  change: (value: T) => Value,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
