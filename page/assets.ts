/** Scripts and styles that a page holds inside itself, read once: ours beside this file, others' from their packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface Assets {
  readonly css: string;
  readonly scripts: readonly string[];
  /** For pages that have embeddings. */
  readonly embedding: readonly string[];
}

let known: Assets | null = null;

export function assets(): Assets {
  known ??= {
    css: [library('uplot/dist/uPlot.min.css'), own('./page.css')].join('\n'),
    scripts: [library('uplot/dist/uPlot.iife.min.js'), own('./charts.js')],
    embedding: [library('umap-js/lib/umap-js.min.js'), own('./embedding.js')],
  };
  return known;
}

/** What pages of `ganc view` have beside these. */
export const viewAssets = (): { readonly css: string; readonly script: string } =>
  (view ??= { css: own('./view.css'), script: own('./view.js') });

let view: { readonly css: string; readonly script: string } | null = null;

const library = (path: string): string => readFileSync(createRequire(import.meta.url).resolve(path), 'utf8');

const own = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
