/**
 * An architecture as a page by itself: the whole of it and each update, networks folded or with their layers. In: drawn
 * pictures; out: HTML without anything from elsewhere. The switches are inputs of the page; without scripts all is shown.
 */
import { html } from '../compiler/targets/text/escape.ts';

export interface View {
  readonly title: string;
  readonly folded: string;
  readonly layers: string;
}

const css = `
:root{color-scheme:light dark}
body{margin:0;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;background:Canvas;color:CanvasText}
header{padding:16px 20px 0}h1{font-size:20px;margin:0 0 8px}h2{font-size:15px;margin:24px 0 8px}
main{padding:0 20px 32px}figure{margin:0;overflow-x:auto}svg{max-width:100%;height:auto}
.layers{display:none}body:has(#unfold:checked) .layers{display:block}body:has(#unfold:checked) .folded{display:none}
label{cursor:pointer}`;

export function page(name: string, views: readonly View[]): string {
  const sections = views.map(({ title, folded, layers }) => {
    const heading = title === '' ? '' : `<h2>${html(title)}</h2>`;
    return `<section>${heading}<figure class="folded">${folded}</figure><figure class="layers">${layers}</figure></section>`;
  });
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${html(name)}</title><style>${css}</style></head><body>`,
    `<header><h1>${html(name)}</h1><label><input type="checkbox" id="unfold"> layers of the networks</label></header>`,
    `<main>${sections.join('\n')}</main></body></html>`,
    '',
  ].join('\n');
}
