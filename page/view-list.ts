/** The list of runs, as a page and as the rows that the page asks for again. In: runs; out: HTML. */
import { html } from '../compiler/targets/text/escape.ts';
import { shortNumber } from './charts.ts';
import { viewDocument } from './view-document.ts';
import type { Served } from './view-document.ts';
import { nameOfRun, newestMetrics } from './view-runs.ts';
import { settingWords } from '../runtime/run/settings.ts';
import type { Listed, ViewedRun } from './view-runs.ts';

/** `now`: milliseconds since 1970. */
export function listPage(listed: Listed, folders: readonly string[], now: number): Served {
  const where = folders.join(', ');
  const body = `<header><h1>Runs</h1><p>${html(`in ${where}`)} · <span id="live" role="status"></span></p></header>
<main><form action="compare" method="get">
<div class="controls"><button type="submit" id="compare">compare the chosen</button><span class="note" id="chosen">choose two or more</span></div>
<div class="scroll runs" tabindex="0" role="region" aria-label="table of the runs"><table class="runs"><thead><tr>${heads}</tr></thead>
<tbody id="rows">${listRows(listed, now)}</tbody></table></div>
<noscript><p class="note">Without scripts the list is as it was when the page was loaded.</p></noscript></form></main>`;
  return viewDocument('Runs', body, false);
}

const heads = ['', 'run', 'spec', 'state', 'iterations', 'newest metrics', 'last written']
  .map((name) => `<th scope="col">${name === '' ? '<span class="unseen">chosen</span>' : name}</th>`)
  .join('');

/** A row a run, under a row for each folder of several. */
export function listRows({ runs, left }: Listed, now: number): string {
  if (runs.length === 0)
    return '<tr><td colspan="7" class="none">There are no runs yet: <code>ganc run my.gan</code> makes one.</td></tr>';
  const folders = [...new Set(runs.map(({ folder }) => folder))];
  const shown = folders.map((folder) => {
    const own = runs.filter((run) => run.folder === folder);
    return folderRow(folder, own) + own.map((run) => row(run, now)).join('');
  });
  const rest =
    left === 0
      ? ''
      : `<tr><td colspan="7" class="none">${left.toLocaleString('en')} older ${left === 1 ? 'run is' : 'runs are'} not listed: <code>ganc view FOLDER</code> of a folder in it shows those there.</td></tr>`;
  return shown.join('') + rest;
}

function folderRow(folder: string, own: readonly ViewedRun[]): string {
  const link = comparison(own);
  const all = link === null ? '' : ` <a href="${html(link)}">compare all ${own.length}</a>`;
  return `<tr class="folder"><th colspan="7" scope="rowgroup">${html(folder)}${all}</th></tr>`;
}

/** Beyond so many curves a chart is a tangle. */
const mostCompared = 60;

function comparison(runs: readonly ViewedRun[]): string | null {
  if (runs.length < 2 || runs.length > mostCompared) return null;
  return `compare?${runs.map(({ id }) => `run=${id}`).join('&')}`;
}

function row(run: ViewedRun, now: number): string {
  const { id, facts, state, words } = run;
  const { lines, spec, settings } = facts;
  const name = nameOfRun(run);
  const told = [`seed ${settings.seed}`, ...settingWords(settings)].join(', ');
  const count = lines.iteration.toLocaleString('en');
  const goal = goalOf(run);
  const of = goal === null ? '' : ` of ${goal.toLocaleString('en')}`;
  const bar =
    goal === null || goal === 0
      ? ''
      : `<progress max="${goal}" value="${lines.iteration}" aria-label="${html(`how far ${name} is`)}"></progress>`;
  return `<tr><td><input type="checkbox" name="run" value="${id}" aria-label="${html(`choose ${name}`)}"></td>
<th scope="row"><a href="run/${id}/">${html(name)}</a><small>${html(`${facts.name} · ${told}`)}</small></th>
<td>${html(spec.path)}</td><td><span class="state ${state}" title="${html(words)}">${state}</span></td>
<td class="count">${count}${of}${bar}</td><td>${metricsOf(run)}</td><td>${html(age(now - facts.written))}</td></tr>`;
}

/** What its iterations are held against; null: nothing that is known. A run that is done came to where it was to end. */
function goalOf({ facts: { goal, lines }, state }: ViewedRun): number | null {
  if (state === 'done') return lines.iteration;
  return goal !== null && goal < lines.iteration ? null : goal;
}

/** As many as fit beside the rest. */
const mostMetrics = 4;

function metricsOf({ facts: { lines } }: ViewedRun): string {
  const all = newestMetrics(lines);
  const shown = all
    .slice(0, mostMetrics)
    .map(([name, value]) => `${html(name)} <b>${shortNumber(value)}</b>`);
  return [...shown, ...(all.length > mostMetrics ? [`and ${all.length - mostMetrics} more`] : [])].join(
    '<br>',
  );
}

/** `12 s ago`, `3 h ago`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const [size, unit] = units.find(([long]) => seconds >= long) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}
