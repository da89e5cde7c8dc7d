/**
 * What a class is called belongs to its number: two streams that both have a class of one name, folders or speakers found
 * in their files, number it alike. Streams that share no name are of different things, and are left alone.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { DataInfo } from '../../bind/names.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

interface Named {
  readonly info: DataInfo;
  readonly field: string;
  readonly names: readonly string[];
}

export const classes: Rule = ({ names }) => {
  const named = [...names.data.values()].flatMap((info) =>
    Object.entries(info.description?.classes ?? {}).map(([field, list]): Named => ({
      info,
      field,
      names: list,
    })),
  );
  return named.flatMap((second, i) => {
    const first = named
      .slice(0, i)
      .find((one) => one.info !== second.info && clash(one, second) !== undefined);
    return first === undefined ? [] : [contradiction(first, second)];
  });
};

/** A name that both have, with another number in each. */
const clash = (a: Named, b: Named): string | undefined =>
  a.names.find((name, number) => b.names.includes(name) && b.names.indexOf(name) !== number);

function contradiction(first: Named, second: Named): Diagnostic {
  const name = clash(first, second)!;
  const place = ({ info, field }: Named): string => `\`${info.declaration.name.name}.${field}\``;
  const number = ({ names }: Named): number => names.indexOf(name);
  const all = [...new Set([...first.names, ...second.names])];
  return diagnostic(kinds.otherClasses, second.info.declaration.name.span, {
    what: `the class ${name} has the number ${number(first)} in ${place(first)} and ${number(second)} in ${place(second)}`,
    why: `The classes there are ${few(first.names)}, and here ${few(second.names)}: what is learned on one is another on the other.`,
    hint: `Give both streams the same classes in the same order: \`classes: "${few(all)}"\` where the source takes it, or the same folders.`,
    labels: [{ span: first.info.declaration.name.span, text: 'the other stream' }],
  });
}

const few = (names: readonly string[]): string =>
  names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
