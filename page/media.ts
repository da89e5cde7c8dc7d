/**
 * Pictures and sounds through time. In: what a run's lines name; out: HTML with a slider for each name. Files are inside the
 * page as far as a budget reaches (newest first, then evenly through time), and linked beyond it.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { html } from '../compiler/targets/text/escape.ts';
import type { Medium } from './metrics-lines.ts';
import { thinned } from './thinned.ts';

export interface Placing {
  /** The run directory, and the folder that the page lies in. */
  readonly run: string;
  readonly page: string;
  /** Bytes of pictures and sounds that the page may hold. */
  readonly budget: number;
}

/** Sliders have at most so many stops. */
const mostFrames = 200;

/** What one stop of a slider shows: a picture, or the sounds of one report. */
interface Frame {
  readonly iteration: number;
  readonly media: readonly Medium[];
}

interface Gallery {
  readonly name: string;
  readonly kind: Medium['kind'];
  readonly frames: readonly Frame[];
}

/** A gallery a name, in the order of their first appearance. */
export function galleries(media: readonly Medium[], kind: Medium['kind'], placing: Placing): string[] {
  const found = galleriesOf(media.filter((one) => one.kind === kind));
  const sources = placed(found, placing);
  return found.map((gallery) => galleryHtml(gallery, sources));
}

function galleriesOf(media: readonly Medium[]): Gallery[] {
  const byName = new Map<string, Map<number, Medium[]>>();
  for (const one of media) {
    const frames = byName.get(one.name) ?? new Map<number, Medium[]>();
    byName.set(one.name, frames);
    frames.set(one.iteration, [...(frames.get(one.iteration) ?? []), one]);
  }
  return [...byName].map(([name, frames]) => ({
    name,
    kind: [...frames.values()][0][0].kind,
    frames: thinned([...frames], mostFrames).map(([iteration, of]) => ({ iteration, media: of })),
  }));
}

// ---------------------------------------------------------------- inside the page, or linked

/** `src` by file; files that are gone have none. */
function placed(all: readonly Gallery[], { run, page, budget }: Placing): ReadonlyMap<string, string> {
  let left = budget;
  const sources = new Map<string, string>();
  for (const file of byWorth(all).flatMap(filesOf)) {
    const found = lstatSync(join(run, file), { throwIfNoEntry: false });
    // A link might lead to what is nobody's business.
    if (found?.isFile() !== true) continue;
    if (found.size <= left) {
      left -= found.size;
      sources.set(file, dataUri(file, readFileSync(join(run, file))));
    } else sources.set(file, linkTo(join(run, file), page));
  }
  return sources;
}

/** A sound's spectrogram, which lies beside it; earlier versions wrote none. */
export const spectrogramOf = (sound: string): string => sound.replace(/\.wav$/, '.png');

/** A picture's file, or a sound's with its spectrogram. */
export const filesOf = (medium: Medium): string[] => [medium.file, ...besides(medium)];

const besides = ({ kind, file }: Medium): string[] => (kind === 'sound' ? [spectrogramOf(file)] : []);

/** The newest of each gallery first, then the oldest, then the middles of what lies between. */
function byWorth(all: readonly Gallery[]): Medium[] {
  const ranked = all.flatMap(({ frames }) =>
    spreadOrder(frames.length).flatMap((index, rank) =>
      frames[index].media.map((medium) => ({ rank, medium })),
    ),
  );
  return ranked.sort((a, b) => a.rank - b.rank).map(({ medium }) => medium);
}

/** Indices of a list, so that any beginning of them is spread evenly: 8, 0, 4, 2, 6, ... */
export function spreadOrder(length: number): number[] {
  const order = new Set(length === 0 ? [] : [length - 1, 0]);
  for (let parts = 2; order.size < length; parts *= 2)
    for (let i = 1; i < parts; i += 2) order.add(Math.round((i * (length - 1)) / parts));
  return [...order];
}

const dataUri = (file: string, bytes: Uint8Array): string =>
  `data:${file.endsWith('.wav') ? 'audio/wav' : 'image/png'};base64,${Buffer.from(bytes).toString('base64')}`;

const linkTo = (file: string, page: string): string =>
  relative(page, file).split(/[/\\]/).map(encodeURIComponent).join('/');

// ---------------------------------------------------------------- HTML

function galleryHtml({ name, kind, frames }: Gallery, sources: ReadonlyMap<string, string>): string {
  const shown = frames.flatMap((frame, i) => {
    const inner = frame.media.map((medium) => mediumHtml(medium, sources)).join('');
    const label = `after iteration ${frame.iteration.toLocaleString('en')}`;
    const hidden = i === frames.length - 1 ? '' : ' hidden';
    return `<div class="frame" data-label="${label}"${hidden}>${inner}</div>`;
  });
  const last = frames[frames.length - 1];
  const when = `after iteration ${last.iteration.toLocaleString('en')}`;
  const slider =
    frames.length < 2
      ? `<p class="when">${when}</p>`
      : `<label class="when"><span>${when}</span><input type="range" min="0" max="${frames.length - 1}" value="${frames.length - 1}" aria-label="${html(`${name} through time`)}" aria-valuetext="${when}"></label>`;
  return `<figure class="gallery ${kind}"><figcaption>${html(name)}</figcaption><div class="frames">${shown.join('')}</div>${slider}</figure>`;
}

function mediumHtml(medium: Medium, sources: ReadonlyMap<string, string>): string {
  const { kind, name, iteration, file } = medium;
  const source = sources.get(file);
  const alt = `${name} after iteration ${iteration.toLocaleString('en')}`;
  if (source === undefined) return `<p>${html(`${file} is not there any more`)}</p>`;
  if (kind === 'picture') return imageHtml(source, alt);
  return playerHtml(source, sources.get(spectrogramOf(file)), alt, partOf(file));
}

/** Which of a report's sounds it is: `1`, from `samples-00000030-1.wav`. */
export const partOf = (file: string): string => /-(\d+)\.wav$/.exec(file)?.[1] ?? '';

/** `spectrogram`: its picture's address, where there is one. */
export function playerHtml(
  source: string,
  spectrogram: string | undefined,
  alt: string,
  part: string,
): string {
  const shown =
    spectrogram === undefined
      ? ''
      : imageHtml(spectrogram, `spectrogram of ${alt}, part ${part}: frequency over time`);
  return `<p class="player"><span>${html(part)}</span><audio controls preload="none" src="${html(source)}" aria-label="${html(`${alt}, part ${part}`)}"></audio></p>${shown}`;
}

export const imageHtml = (source: string, alt: string): string =>
  `<img src="${html(source)}" alt="${html(alt)}" loading="lazy">`;
