/**
 * The manual's answer to a word of the language, for `ganc explain update`. In: a word; out: how it is written, and the section
 * of docs/language.md that says what it means, as plain text.
 */
import { readFileSync } from 'node:fs';
import { forms } from '../grammar/statement-forms.ts';
import type { contextualWords, declarationWords, statementWords } from '../grammar/tokens.ts';

type Word =
  | (typeof declarationWords | typeof statementWords | typeof contextualWords)[number]
  | ('to' | 'minimize' | 'maximize' | 'with' | 'when' | 'for' | 'gradient' | 'stop' | 'reverse')
  | ('step' | 'epoch' | 'progress' | 'ramp' | 'stepped' | 'again' | 'times');

/** The heading under which the manual speaks of the word. */
export const headings: Readonly<Record<Word, string>> = {
  ...{ gan: 'gan', param: 'param', profile: 'profile', data: 'data', sample: 'sample', state: 'state' },
  ...{ history: 'history', size: 'history', chance: 'history' },
  ...{ network: 'network', shared: 'shared network', block: 'block', fn: 'fn', let: 'let', loss: 'loss' },
  ...{
    initialize: 'initialize',
    optimizer: 'optimizer',
    partly: 'initialize',
    import: 'import',
    train: 'Schedules',
    for: 'Schedules',
    of: 'Schedules',
  },
  ...{ batch: 'Schedules', steps: 'Schedules', epochs: 'Schedules', phase: 'Phases', repeat: 'Scopes' },
  ...{ together: 'together', update: 'Updates', to: 'Updates', minimize: 'Updates', maximize: 'Updates' },
  ...{ with: 'Updates', when: 'Updates', every: 'Updates', average: 'average', decay: 'average', set: 'set' },
  ...{ report: 'Reports', picture: 'Reports', metric: 'Reports', sound: 'Reports', recalibrate: 'Reports' },
  ...{ at: 'Reports', goal: 'Reports', from: 'Reports', as: 'data', in: 'Ranges', hide: 'Visibility' },
  ...{ step: 'Time', epoch: 'Time', progress: 'Time', ramp: 'Time', stepped: 'Time' },
  ...{ gradient: 'Gradients', stop: 'Gradients', reverse: 'Gradients', again: 'An expression is a value' },
  ...{ times: 'block' },
};

/** undefined: the manual has no section of it. */
export function manualOf(word: string, bold: (text: string) => string): string | undefined {
  if (!Object.hasOwn(headings, word)) return undefined;
  const heading = headings[word as Word];
  const form = forms[word];
  const where = `docs/language.md, "${heading}"`;
  return [`${bold(word)} (${where})`, ...(form === undefined ? [] : [`  ${form}`]), plain(section(heading))]
    .join('\n\n')
    .concat('\n');
}

/** The text under a heading, to the next one. Throws where the manual has none of that name. */
function section(heading: string): string {
  const text = readFileSync(new URL('../docs/language.md', import.meta.url), 'utf8');
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  if (start < 0) throw new Error(`docs/language.md has no heading "${heading}"`);
  const length = lines.slice(start + 1).findIndex((line) => /^##/.test(line));
  return lines
    .slice(start + 1, length < 0 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

/** Without the marks of the page: examples indented, links as their words. */
function plain(markdown: string): string {
  let inside = false;
  return markdown
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('```')) {
        inside = !inside;
        return [];
      }
      return [inside ? `  ${line}` : line.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/\*\*/g, '')];
    })
    .join('\n');
}
