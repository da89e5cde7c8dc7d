/** What two specs mean that differs, as a piece of a page. In: a difference, or why there is none to show; out: HTML. */
import type { Change, Detail, Difference, Where } from '../compiler/meaning/compare.ts';
import { sections } from '../compiler/meaning/meaning.ts';
import { html } from '../compiler/targets/text/escape.ts';

export interface Told {
  readonly before: string;
  readonly after: string;
  /** A sentence in the place of a difference that can't be told. */
  readonly found: Difference | string;
}

export function differenceHtml({ before, after, found }: Told): string {
  const heading = `<h3>${html(before)} → ${html(after)}</h3>`;
  const inner = typeof found === 'string' ? `<p>${html(found)}</p>` : differing(found);
  return `<article class="card difference">${heading}${inner}</article>`;
}

function differing({ same, changes, renames }: Difference): string {
  const parts = sections.flatMap((section) => {
    const own = changes.filter((change) => change.section === section);
    return own.length === 0 ? [] : [`<h3>${section}</h3><dl>${own.map(change).join('')}</dl>`];
  });
  const named = renames.map(({ what, before, after }) => `${what} ${before} → ${after}`).join(', ');
  const also = named === '' ? '' : `<p class="note">renamed: ${html(named)}</p>`;
  return (same ? '<p>nothing changed in meaning</p>' : parts.join('')) + also;
}

function change({ name, change: kind, summary, details }: Change): string {
  const title = html(name);
  if (kind === 'added') return `<dt><ins>+ ${title}</ins></dt><dd>${html(summary ?? '')}</dd>`;
  if (kind === 'removed') return `<dt><del>- ${title}</del></dt><dd>${html(summary ?? '')}</dd>`;
  return `<dt>${title}</dt>${details.map(detail).join('')}`;
}

function detail({ what, before, after, where }: Detail): string {
  const under = where.map(whereHtml).join('');
  const head = what === null ? '' : `${html(what)} `;
  if (before === after) return `<dd>${head}${html(before ?? '')}</dd>${under}`;
  if (what === null && (before === null || after === null || before.length + after.length > 60))
    return (
      (before === null ? '' : `<dd><del>- ${html(before)}</del></dd>`) +
      (after === null ? '' : `<dd><ins>+ ${html(after)}</ins></dd>`) +
      under
    );
  return `<dd>${head}${changed(before, after)}</dd>${under}`;
}

const changed = (before: string | null, after: string | null): string =>
  `<del>${html(before ?? '–')}</del> → <ins>${html(after ?? '–')}</ins>`;

const whereHtml = ({ name, before, after }: Where): string =>
  `<dd>where ${html(name)} ${changed(before, after)}</dd>`;
