/**
 * The architecture's picture and a card for each update. In: drawings and the manifest's updates; out: HTML. Pictures are
 * images of the page, not parts of it: their styles stay theirs, and no script of theirs would run.
 */
import { html } from '../compiler/targets/text/escape.ts';
import type { Drawings } from './drawings.ts';
import type { RunFacts } from './run-facts.ts';

export function architectureHtml({ drawings, networks, name }: RunFacts): string {
  const rows = networks.map(
    ({ name: network, signature, weights }) =>
      `<tr><th scope="row">${html(network)}</th><td><code>${html(signature)}</code></td><td>${weights.toLocaleString('en')}</td></tr>`,
  );
  const table = `<div class="scroll" tabindex="0" role="region" aria-label="table of the networks"><table class="words"><thead><tr><th scope="col">network</th><th scope="col">signature</th><th scope="col">weights</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  if (drawings === null) return table;
  const { folded, layers } = drawings;
  return `<label class="switch"><input type="checkbox" id="unfold"> layers of the networks</label>
<div class="folded">${drawing(folded, `architecture of ${name}: what each network reads and which losses it feeds`)}</div>
<div class="layers">${drawing(layers, `architecture of ${name} with the layers of its networks`)}</div>
${table}`;
}

export function updatesHtml({ drawings, updates }: RunFacts): string {
  if (drawings === null)
    return updates
      .map(({ networks, text }) => card(title(networks, text, null), [['trains', networks]], ''))
      .join('');
  return drawings.updates.map((update) => updateHtml(update)).join('');
}

const title = (networks: readonly string[], text: string, phase: string | null): string =>
  `${phase === null ? '' : `${phase}: `}update ${networks.join(', ')} to ${text}`;

function updateHtml(update: Drawings['updates'][number]): string {
  const { text, phase, learns, uses, reads, stops, reverses, svg } = update;
  const heading = title(learns, text, phase);
  const words = [
    ['trains', learns],
    ['uses, unchanged', uses],
    ['reads', reads],
    ['gradient stops', stops],
    ['gradient reversed', reverses],
  ] as const;
  return card(heading, words, drawing(svg, `${heading}: where its gradient flows`));
}

function card(
  heading: string,
  words: readonly (readonly [string, readonly string[]])[],
  picture: string,
): string {
  const items = words
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `<div><dt>${word}</dt><dd>${html(names.join(', '))}</dd></div>`);
  return `<article class="card"><h3>${html(heading)}</h3><dl class="facts">${items.join('')}</dl>${picture}</article>`;
}

function drawing(svg: string, alt: string): string {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return `<div class="scroll drawing" tabindex="0" role="region" aria-label="${html(alt)}"><img src="${source}" alt="${html(alt)}"></div>`;
}
