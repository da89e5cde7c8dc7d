/** A page of `ganc view`: its head, its scripts, and the policy that it is sent with. In: parts that are escaped; out: text. */
import { createHash } from 'node:crypto';
import { html } from '../compiler/targets/text/escape.ts';
import { assets, viewAssets } from './assets.ts';

export interface Served {
  readonly text: string;
  /** The Content-Security-Policy that goes with it. */
  readonly policy: string;
}

/** `charts`: with uPlot and the report's script, which draw what `body` holds for them. */
export function viewDocument(title: string, body: string, charts: boolean): Served {
  const { css: own, script } = viewAssets();
  const { css, scripts } = assets();
  const [styles, run] = [`${css}\n${own}`, charts ? [...scripts, script] : [script]];
  const text = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${html(title)}</title><link rel="icon" href="data:,"><style>${styles}</style></head><body>`,
    body,
    ...run.map((one) => `<script>${one}</script>`),
    '</body></html>',
    '',
  ].join('\n');
  const allowed = `script-src ${run.map(hash).join(' ')}; style-src ${hash(styles)}`;
  return {
    text,
    policy: `default-src 'none'; ${allowed}; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  };
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
