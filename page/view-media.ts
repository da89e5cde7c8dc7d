/**
 * Pictures and sounds of several runs beside each other, at the same iterations. In: runs, what the page calls them; out: HTML
 * with a slider for each name. Files are fetched from the server, by the addresses that it answers to.
 */
import { html } from '../compiler/targets/text/escape.ts';
import { imageHtml, partOf, playerHtml, spectrogramOf } from './media.ts';
import type { Medium } from './metrics-lines.ts';
import { thinned } from './thinned.ts';
import type { ViewedRun } from './view-runs.ts';

/** Beside each other no more than fit a screen, and stops of a slider. */
const mostBeside = 12;
const mostFrames = 100;

/** A run's name on the page, and what it has of one kind. */
interface Shown {
  readonly id: string;
  readonly name: string;
  readonly media: readonly Medium[];
}

/** Empty where no run has any. */
export function mediaBeside(
  runs: readonly ViewedRun[],
  names: readonly string[],
  kind: Medium['kind'],
): string {
  const shown = runs.slice(0, mostBeside).map(({ id, facts }, i): Shown => {
    return { id, name: names[i], media: facts.lines.media.filter((one) => one.kind === kind) };
  });
  const titles = [...new Set(shown.flatMap(({ media }) => media.map(({ name }) => name)))];
  const more = runs.length > shown.length ? `<p class="note">of the first ${mostBeside} runs</p>` : '';
  if (titles.length === 0) return '';
  return `${more}<div class="galleries">${titles.map((title) => galleryHtml(shown, title, kind)).join('\n')}</div>`;
}

function galleryHtml(shown: readonly Shown[], title: string, kind: Medium['kind']): string {
  const own = shown
    .map((run) => ({ ...run, media: run.media.filter(({ name }) => name === title) }))
    .filter(({ media }) => media.length > 0);
  const iterations = new Set(own.flatMap(({ media }) => media.map(({ iteration }) => iteration)));
  const stops = thinned(
    [...iterations].sort((a, b) => a - b),
    mostFrames,
  );
  const frames = stops.map((iteration, i) => {
    const label = labelOf(iteration);
    const beside = own.map(({ media, ...run }) => {
      const found = media.filter((one) => one.iteration === iteration);
      const inner =
        found.length === 0
          ? '<p class="note">none at this iteration</p>'
          : found.map((medium) => mediumHtml(run, medium)).join('');
      return `<figure><figcaption>${html(run.name)}</figcaption>${inner}</figure>`;
    });
    return `<div class="frame" data-label="${label}"${i === stops.length - 1 ? '' : ' hidden'}><div class="beside">${beside.join('')}</div></div>`;
  });
  return `<figure class="gallery ${kind}"><figcaption>${html(title)}</figcaption><div class="frames">${frames.join('')}</div>${sliderHtml(title, stops)}</figure>`;
}

const labelOf = (iteration: number): string => `after iteration ${iteration.toLocaleString('en')}`;

function mediumHtml(run: Omit<Shown, 'media'>, { kind, name, iteration, file }: Medium): string {
  const address = (of: string): string => `run/${run.id}/${fileAddress(of)}`;
  const alt = `${name} of ${run.name} ${labelOf(iteration)}`;
  if (kind === 'picture') return imageHtml(address(file), alt);
  return playerHtml(address(file), address(spectrogramOf(file)), alt, partOf(file));
}

function sliderHtml(title: string, stops: readonly number[]): string {
  const last = stops.length - 1;
  const when = labelOf(stops[last]);
  return stops.length < 2
    ? `<p class="when">${when}</p>`
    : `<label class="when"><span>${when}</span><input type="range" min="0" max="${last}" value="${last}" aria-label="${html(`${title} through time`)}" aria-valuetext="${when}"></label>`;
}

/** `pictures/points-00000030.png`, as an address. */
export const fileAddress = (file: string): string => file.split('/').map(encodeURIComponent).join('/');
