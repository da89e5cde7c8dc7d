/**
 * Two or more runs beside each other: curves, pictures and sounds at the same iterations, what their specs mean that differs. In: runs and a
 * difference that was found; out: a page. Everything of a run's is escaped.
 */
import { html, htmlJson } from '../compiler/targets/text/escape.ts';
import { chartHtml } from './charts.ts';
import type { Chart } from './charts.ts';
import { differenceHtml } from './difference-html.ts';
import type { Told } from './difference-html.ts';
import { comparedCharts } from './view-curves.ts';
import { viewDocument } from './view-document.ts';
import type { Served } from './view-document.ts';
import { bySettings, single } from './view-groups.ts';
import { mediaBeside } from './view-media.ts';
import { newestMetrics } from './view-runs.ts';
import { settingWords } from '../runtime/run/settings.ts';
import type { ViewedRun } from './view-runs.ts';

/** `each`: runs that differ in their seeds alone have curves of their own, not a band. `address`: of this page, without `each`. */
export function comparePage(
  runs: readonly ViewedRun[],
  differences: readonly Told[],
  each: boolean,
  address: string,
): Served {
  const grouped = bySettings(runs);
  const bands = grouped.length < runs.length;
  const groups = bands && !each ? grouped : single(runs);
  const charts = comparedCharts(groups);
  const names = single(runs).map(({ name }) => name);
  const parts = [
    ['losses', 'Losses', controls + grid(charts, false)],
    ['metrics', 'Metrics', grid(charts, true)],
    ['pictures', 'Pictures', mediaBeside(runs, names, 'picture')],
    ['sounds', 'Sounds', mediaBeside(runs, names, 'sound')],
    ['runs', 'Runs', runsHtml(runs, names)],
    ['difference', 'What differs', differences.map(differenceHtml).join('')],
  ].filter(([, , inner]) => inner !== '' && inner !== controls);
  const nav = parts.map(([id, title]) => `<a href="#${id}">${title}</a>`).join('');
  const sections = parts.map(
    ([id, title, inner]) =>
      `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${inner}</section>`,
  );
  const goesOn = runs.some(({ state }) => state === 'running');
  const way = bands ? ` · ${switchHtml(each, address)}` : '';
  const body = `<header><p><a href="./">all runs</a></p><h1>${runs.length} runs compared</h1><p>${html(names.slice(0, 8).join(', '))}${names.length > 8 ? ', …' : ''}${way}</p></header>
<nav aria-label="parts of the page">${nav}</nav><main${goesOn ? ' data-live' : ''}>${sections.join('\n')}</main>
<script type="application/json" id="charts">${htmlJson(charts)}</script>`;
  return viewDocument(`${runs.length} runs compared`, body, true);
}

const switchHtml = (each: boolean, address: string): string =>
  each
    ? `a curve for each run; <a href="${html(address)}">a band over seeds</a>`
    : `runs that differ in their seeds alone are one curve: their mean, and a band from the lowest to the highest; <a href="${html(`${address}&each=1`)}">a curve for each</a>`;

const controls = `<div class="controls"><label>smoothing <input type="range" id="smoothing" min="0" max="0.98" step="0.02" value="0.6"><output id="smoothed" for="smoothing">0.6</output></label>
<label><input type="checkbox" id="log"> log scale</label><span id="live" class="note" role="status"></span></div>`;

function grid(charts: readonly Chart[], sparse: boolean): string {
  const own = charts.flatMap((chart, i) => (chart.sparse === sparse ? [chartHtml(chart, i)] : []));
  return own.length === 0 ? '' : `<div class="grid">${own.join('\n')}</div>`;
}

// ---------------------------------------------------------------- what they came to

function runsHtml(runs: readonly ViewedRun[], names: readonly string[]): string {
  const metrics = [...new Set(runs.flatMap(({ facts }) => newestMetrics(facts.lines).map(([name]) => name)))];
  const heads = ['run', 'spec', 'settings', 'state', ...metrics].map(
    (name) => `<th scope="col">${html(name)}</th>`,
  );
  const rows = runs.map(({ id, facts, words }, i) => {
    const { settings, spec } = facts;
    const told = [`seed ${settings.seed}`, ...settingWords(settings)].join(', ');
    const newest = new Map(newestMetrics(facts.lines));
    const cells = metrics.map((name) => `<td>${shown(newest.get(name))}</td>`);
    return `<tr><th scope="row"><a href="run/${id}/">${html(names[i])}</a></th><td>${html(spec.path)}</td><td>${html(told)}</td><td>${html(words)}</td>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="table of the runs"><table class="words"><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

const shown = (value: number | undefined): string =>
  value === undefined ? '' : String(Number(value.toPrecision(4)));
