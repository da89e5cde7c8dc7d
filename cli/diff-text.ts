/** A difference of two specs for people: at most 80 columns, changes under their sections, what goes red, what comes green. */
import type { Change, Detail, Difference, Where } from '../compiler/meaning/compare.ts';
import { sections } from '../compiler/meaning/meaning.ts';
import { visibleLine } from '../grammar/visible.ts';
import type { Paint } from './terminal.ts';
import { wrapped } from './wrapped.ts';

const width = 80;

type Sign = '+' | '-' | ' ';

export function differenceText(
  { before, after }: { readonly before: string; readonly after: string },
  found: Difference,
  colors: Paint,
): string {
  const line = (sign: Sign, indent: number, text: string): string => {
    const drawn = wrapped(`${sign === ' ' ? '' : `${sign} `}${visibleLine(text)}`, width, indent);
    if (sign === ' ') return drawn;
    return drawn
      .split('\n')
      .map(sign === '+' ? colors.green : colors.red)
      .join('\n');
  };
  const head = wrapped(`${visibleLine(before)} → ${visibleLine(after)}`, width);
  const body = sections.flatMap((section) => {
    const own = found.changes.filter((change) => change.section === section);
    return own.length === 0
      ? []
      : ['', colors.bold(section), ...own.flatMap((one) => changeLines(one, line))];
  });
  const nothing = found.same ? ['', 'nothing changed in meaning'] : [];
  return [colors.bold(head), ...body, ...nothing, ...notes(found, line), ''].join('\n');
}

type Line = (sign: Sign, indent: number, text: string) => string;

function changeLines({ section, name, change, summary, details }: Change, line: Line): string[] {
  if (change === 'added') return [line('+', 2, `${name}  ${summary}`)];
  if (change === 'removed') return [line('-', 2, `${name}  ${summary}`)];
  if (section === 'params') return details.flatMap((one) => detailLines({ ...one, what: name }, 2, line));
  return [line(' ', 2, name), ...details.flatMap((one) => detailLines(one, 4, line))];
}

function detailLines({ what, before, after, where }: Detail, indent: number, line: Line): string[] {
  const under = where.flatMap((one) => whereLines(one, indent + 4, line));
  if (before !== null && before === after)
    return [line(' ', indent, what === null ? before : `${what}  ${before}`), ...under];
  const both = before !== null && after !== null && what !== null;
  if (both && fits(`${what}  ${before} → ${after}`, indent))
    return [line(' ', indent, `${what}  ${before} → ${after}`), ...under];
  const [title, inner] = what === null ? [[], indent] : [[line(' ', indent, what)], indent + 2];
  return [
    ...title,
    ...(before === null ? [] : [line('-', inner, before)]),
    ...(after === null ? [] : [line('+', inner, after)]),
    ...under,
  ];
}

function whereLines({ name, before, after }: Where, indent: number, line: Line): string[] {
  const text = `where ${name}  ${before ?? '–'} → ${after ?? '–'}`;
  if (fits(text, indent)) return [line(' ', indent, text)];
  return [
    line(' ', indent, `where ${name}`),
    ...(before === null ? [] : [line('-', indent + 2, before)]),
    ...(after === null ? [] : [line('+', indent + 2, after)]),
  ];
}

/** What counts as no change, and is worth a word. */
function notes({ renames, params, same }: Difference, line: Line): string[] {
  const named = renames.map(({ what, before, after }) => `${what} ${before} → ${after}`);
  const own = params.map(
    ({ name, value, side }) => `${name} = ${value} (${side === 'before' ? 'first' : 'second'})`,
  );
  const first = renames.some(({ what }) => what === 'network' || what === 'sample');
  return [
    ...(named.length === 0 ? [] : ['', line(' ', 0, `renamed: ${named.join(', ')}`)]),
    ...(first ? [line(' ', 2, 'its random numbers are others: they are drawn by name')] : []),
    ...(own.length === 0 || same ? [] : ['', line(' ', 0, `params that one of them has: ${own.join(', ')}`)]),
  ];
}

const fits = (text: string, indent: number): boolean => !/\n/.test(text) && indent + text.length <= width;
