/**
 * A run's page: one HTML file without anything from elsewhere. In: facts of the run; out: the file's text. What a stranger
 * wrote (names, comments, paths) is escaped wherever it stands, and the page's policy lets no script run but its own.
 */
import { createHash } from 'node:crypto';
import { html, htmlJson } from '../compiler/targets/text/escape.ts';
import { againHtml, state } from './again.ts';
import { architectureHtml, updatesHtml } from './architecture-html.ts';
import { assets } from './assets.ts';
import { chartHtml, high, lossCharts, low, metricCharts, shortNumber } from './charts.ts';
import type { Chart } from './charts.ts';
import { embeddingHtml } from './embeddings.ts';
import { galleries } from './media.ts';
import type { Placing } from './media.ts';
import type { RunFacts } from './run-facts.ts';
import { healthRules } from '../runtime/health/rules.ts';
import { specHtml } from './spec-html.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

export function pageHtml(run: RunFacts, placing: Omit<Placing, 'run'>): string {
  const { css, ...known } = assets();
  const { embeddings } = run;
  const scripts = [...known.scripts, ...(embeddings.length > 0 ? known.embedding : [])];
  const charts = [...lossCharts(run), ...metricCharts(run)];
  const sections = sectionsOf(run, charts, { ...placing, run: run.path });
  const nav = sections.map(({ id, title }) => `<a href="#${id}">${title}</a>`).join('');
  const body = sections.map(
    ({ id, title, body: inner }) =>
      `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${inner}</section>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(css, scripts)}">`,
    `<title>${html(run.name)}: a run</title><link rel="icon" href="data:,"><style>${css}</style></head><body>`,
    header(run),
    `<nav aria-label="parts of the page">${nav}</nav>`,
    `<main>${body.join('\n')}</main>`,
    `<script type="application/json" id="charts">${htmlJson(charts)}</script>`,
    ...(embeddings.length > 0
      ? [`<script type="application/json" id="points">${htmlJson(embeddings)}</script>`]
      : []),
    ...scripts.map((script) => `<script>${script}</script>`),
    '</body></html>',
    '',
  ].join('\n');
}

/** Nothing is fetched but pictures and sounds beside the page; only these scripts and styles count. */
function policy(css: string, scripts: readonly string[]): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; script-src ${scripts.map(hash).join(' ')}; style-src ${hash(css)}; img-src data: file: 'self'; media-src data: file: 'self'; base-uri 'none'; form-action 'none'`;
}

function header(run: RunFacts): string {
  const { kind, words } = state(run);
  const { seed, profile: used } = run.settings;
  const profile = used === null ? '' : ` · profile ${used}`;
  const weights = run.networks.reduce((sum, network) => sum + network.weights, 0);
  const line = `${run.spec.path} · seed ${seed}${profile} · ${weights.toLocaleString('en')} weights in ${run.networks.length} ${run.networks.length === 1 ? 'network' : 'networks'}`;
  return `<header><h1>${html(run.name)}</h1><p><span class="state ${kind}">${html(words)}</span> ${html(line)}</p></header>`;
}

function sectionsOf(run: RunFacts, charts: readonly Chart[], placing: Placing): Section[] {
  const half = { ...placing, budget: placing.budget / 2 };
  const all: Section[] = [
    { id: 'losses', title: 'Losses', body: chartsHtml(charts, false, lossControls(run)) },
    {
      id: 'metrics',
      title: 'Metrics',
      body: tiles(charts) + missingHtml(run) + chartsHtml(charts, true, ''),
    },
    { id: 'health', title: 'Health', body: healthHtml(run) },
    { id: 'pictures', title: 'Pictures', body: grid(galleries(run.lines.media, 'picture', half)) },
    { id: 'embeddings', title: 'Embeddings', body: grid(run.embeddings.map(embeddingHtml)) },
    { id: 'sounds', title: 'Sounds', body: grid(galleries(run.lines.media, 'sound', half)) },
    { id: 'architecture', title: 'Architecture', body: architectureHtml(run) },
    { id: 'updates', title: 'What each update does', body: `<div class="grid">${updatesHtml(run)}</div>` },
    {
      id: 'spec',
      title: 'Spec',
      body: specHtmls(run.spec),
    },
    { id: 'again', title: 'Run it again', body: againHtml(run) },
  ];
  return all.filter(({ body }) => body !== '');
}

/** The newest first. */
const mostHealth = 40;

function healthHtml({ health }: RunFacts): string {
  if (health.length === 0) return '';
  const shown = health.slice(-mostHealth).reverse();
  const items = shown.map(({ iteration, rule, text }) => {
    const source = healthRules.find(({ name }) => name === rule)?.source;
    const from = source === undefined ? '' : `<small>${html(rule)}: ${html(source)}</small>`;
    return `<li><strong>iteration ${iteration.toLocaleString('en')}</strong> ${html(text)}${from}</li>`;
  });
  const more =
    health.length > mostHealth
      ? `<p class="note">the newest ${mostHealth} of ${health.length}; all are in health.jsonl</p>`
      : '';
  return `<ol class="health">${items.join('')}</ol>${more}`;
}

const grid = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<div class="grid">${items.join('\n')}</div>`;

function chartsHtml(charts: readonly Chart[], sparse: boolean, controls: string): string {
  const own = charts.flatMap((chart, i) => (chart.sparse === sparse ? [chartHtml(chart, i)] : []));
  return own.length === 0 ? '' : controls + grid(own);
}

function lossControls({ lines }: RunFacts): string {
  const { stride } = lines.curves;
  const points =
    stride === 1 ? '' : `<span class="note">each point is the mean of ${stride} iterations</span>`;
  return `<div class="controls"><label>smoothing <input type="range" id="smoothing" min="0" max="0.98" step="0.02" value="0.6"><output id="smoothed" for="smoothing">0.6</output></label>
<label><input type="checkbox" id="log"> log scale</label>${points}<noscript>The curves are drawn by a script; the tables hold the same numbers.</noscript></div>`;
}

/** The newest value of each metric, with its range so far. */
function tiles(charts: readonly Chart[]): string {
  const own = charts.filter(({ sparse }) => sparse);
  if (own.length === 0) return '';
  const items = own.map(({ title, series, goal }) => {
    const values = series[0].values.filter((value) => value !== null);
    const range =
      values.length < 2 ? '' : `<small>${shortNumber(low(values))} to ${shortNumber(high(values))}</small>`;
    return `<div><dt>${html(title)}</dt><dd>${shortNumber(values[values.length - 1])}${range}${goal === null ? '' : `<small>${html(goal.text)}</small>`}</dd></div>`;
  });
  return `<dl class="tiles">${items.join('')}</dl>`;
}

/** How many iterations without a number are listed of one metric, the newest ones. */
const mostMissing = 5;

/** What reports could not make, or what came out as no number. */
const missingHtml = ({ lines }: RunFacts): string =>
  [...lines.missing]
    .map(([name, { iterations, reason }]) => {
      const shown = iterations.slice(-mostMissing).map((iteration) => iteration.toLocaleString('en'));
      const more = iterations.length > shown.length ? ` and ${iterations.length - shown.length} before` : '';
      return `<p class="note">no ${html(name)} after iteration ${shown.join(', ')}${more}: ${html(reason)}</p>`;
    })
    .join('\n');

/** The spec, and each file that it imports under its path. */
const specHtmls = ({ text, imports = [] }: RunFacts['spec']): string =>
  [
    `<pre class="spec" tabindex="0" aria-label="the spec"><code>${specHtml(text)}</code></pre>`,
    ...imports.map(
      ({ path, text: own }) =>
        `<h3>${html(path)}</h3><pre class="spec" tabindex="0" aria-label="${html(path)}"><code>${specHtml(own)}</code></pre>`,
    ),
  ].join('\n');
