/**
 * Embeddings of a run for its page. In: embeddings/ of a run directory, which may be another version's or a stranger's; out: points
 * that embedding.js draws, and HTML: a place for the drawing, a choice of layouts, what stands behind a point, the numbers as a table.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { html } from '../compiler/targets/text/escape.ts';
import { inside } from '../runtime/run/run-directory.ts';
import { at, listAt, numberAt, parsed, textAt, textsAt } from './loose.ts';
import { thinned } from './thinned.ts';

export interface Embedding {
  readonly title: string;
  readonly iteration: number;
  /** What the codes are called. */
  readonly name: string;
  /** x, y, x, y, ...; null: no point. */
  readonly plane: readonly (number | null)[];
  /** `width` numbers a point, for the layout by UMAP. */
  readonly codes: readonly (number | null)[];
  readonly width: number;
  readonly groups: readonly number[];
  /** null: there are no classes. */
  readonly classes: { readonly name: string; readonly names: readonly string[] } | null;
  readonly thumbnails: {
    readonly png: string;
    readonly width: number;
    readonly height: number;
    readonly columns: number;
    readonly name: string;
  } | null;
}

/** A file larger than this is none of ours. */
const largest = 8_000_000;

/** By name; files that are no embeddings are passed over, and links. */
export function embeddingsOf(run: string): Embedding[] {
  const folder = inside(run).embeddings;
  const names = (): string[] => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort();
    } catch {
      return [];
    }
  };
  return names().flatMap((name) => {
    const file = join(folder, name);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isFile() !== true || found.size > largest) return [];
    const made = embeddingIn(name.slice(0, -'.json'.length), parsed(readFileSync(file, 'utf8')));
    return made === null ? [] : [made];
  });
}

/** null where lists don't fit together. */
function embeddingIn(title: string, from: unknown): Embedding | null {
  const [plane, codes] = [numbersAt(from, 'plane'), numbersAt(from, 'codes')];
  const groups = numbersAt(from, 'groups').map((group) => group ?? 0);
  const [iteration, width] = [numberAt(from, 'iteration'), numberAt(from, 'width')];
  const rows = groups.length;
  if (iteration === null || width === null || width < 1 || rows === 0) return null;
  if (plane.length !== 2 * rows || codes.length !== width * rows) return null;
  const names = textsAt(from, 'classes', 'names');
  const classes = names.length === 0 ? null : { name: textAt(from, 'classes', 'name') ?? 'class', names };
  const shown = at(from, 'thumbnails');
  return {
    title,
    iteration,
    name: textAt(from, 'name') ?? 'codes',
    plane,
    codes,
    width,
    groups,
    classes,
    thumbnails: thumbnailsIn(shown),
  };
}

function thumbnailsIn(from: unknown): Embedding['thumbnails'] {
  const png = textAt(from, 'png');
  const [width, height, columns] = ['width', 'height', 'columns'].map((key) => numberAt(from, key) ?? 0);
  // Only what base64 is made of: it becomes the source of an image.
  if (png === null || !/^[A-Za-z0-9+/=]+$/.test(png) || !(width > 0 && height > 0 && columns > 0))
    return null;
  return { png, width, height, columns, name: textAt(from, 'name') ?? '' };
}

const numbersAt = (from: unknown, key: string): (number | null)[] =>
  listAt(from, key).map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null));

// ---------------------------------------------------------------- HTML

/** `index`: where embedding.js finds the points. */
export function embeddingHtml(embedding: Embedding, index: number): string {
  const { title, iteration, name, groups, classes } = embedding;
  const coloured = classes === null ? '' : `, coloured by ${classes.name}`;
  const words = `${groups.length.toLocaleString('en')} rows of ${name} as points${coloured}. The arrow keys go from point to point.`;
  const view = (value: string, text: string, checked: string): string =>
    `<label><input type="radio" name="layout-${index}" value="${value}"${checked}> ${text}</label>`;
  return `<figure class="embedding" data-embedding="${index}"><figcaption>${html(title)}</figcaption>
<div class="controls" role="radiogroup" aria-label="layout">${view('plane', 'principal components', ' checked')}${view('umap', 'UMAP', '')}<span class="note" aria-live="polite"></span></div>
<div class="cloud"><canvas tabindex="0" role="img" aria-label="${html(words)}"></canvas><div class="point"><canvas hidden aria-hidden="true"></canvas><p aria-live="polite">Point at a dot, or use the arrow keys.</p></div></div>
<div class="classes"></div>
<p class="when">${html(name)}, after iteration ${iteration.toLocaleString('en')}</p>
${table(embedding)}</figure>`;
}

const mostRows = 50;

function table({ title, plane, groups, classes }: Embedding): string {
  const rows = thinned([...groups.keys()], mostRows);
  const fewer = rows.length < groups.length ? ` (${rows.length} of ${groups.length} rows)` : '';
  const heads = [
    'row',
    ...(classes === null ? [] : [classes.name]),
    'first principal component',
    'second principal component',
  ];
  const head = heads.map((text) => `<th scope="col">${html(text)}</th>`).join('');
  const body = rows.map((row) => {
    const called = classes === null ? [] : [classes.names[groups[row]] ?? String(groups[row])];
    const cells = [...called, plane[2 * row] ?? '', plane[2 * row + 1] ?? ''];
    return `<tr><th scope="row">${row + 1}</th>${cells.map((cell) => `<td>${html(String(cell))}</td>`).join('')}</tr>`;
  });
  return `<details><summary>as a table${fewer}</summary><div class="scroll" tabindex="0" role="region" aria-label="${html(`table of ${title}`)}"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div></details>`;
}
