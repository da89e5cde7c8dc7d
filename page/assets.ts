/** Scripts and styles that a page holds inside itself, read once: ours beside this file, uPlot's from its package. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface Assets {
  readonly css: string;
  readonly scripts: readonly string[];
}

let known: Assets | null = null;

export function assets(): Assets {
  known ??= {
    css: [library('uPlot.min.css'), own('./page.css')].join('\n'),
    scripts: [library('uPlot.iife.min.js'), own('./charts.js')],
  };
  return known;
}

const library = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8');

const own = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
