/** How a run is made again, and where it was made. In: facts of the run; out: a command line, and HTML. */
import { html } from '../compiler/targets/text/escape.ts';
import { shellWord } from '../grammar/shell-word.ts';
import { optionsOf } from '../runtime/run/settings.ts';
import type { RunFacts } from './run-facts.ts';

/** One line for a POSIX shell. */
export function commandOf(run: RunFacts): string {
  const { spec, settings, target, machine, asked, lines } = run;
  const { threads, device, processes } = machine;
  const finished = state(run).kind === 'done';
  return [
    ...['ganc', 'run', spec.path],
    ...optionsOf(settings).flatMap(({ flag, value }) => [flag, value]),
    ...['--target', target, '--device', device],
    ...(threads === null ? [] : ['--threads', String(threads)]),
    ...(processes === 1 ? [] : ['--nproc', String(processes)]),
    // Only where it was told to end elsewhere than the spec says.
    ...(finished && asked !== lines.iteration ? ['--steps', String(lines.iteration)] : []),
  ]
    .map(shellWord)
    .join(' ');
}

export type RunState = 'done' | 'stopped' | 'failed' | 'unfinished';

/** By what the log said last of it; `words` are for a reader. */
export function state({ log, lines, goal, isModel }: RunFacts): {
  readonly kind: RunState;
  readonly words: string;
  /** Done before its end, since no better checkpoint came (`--patience`). */
  readonly early?: boolean;
} {
  const of = goal === null || goal <= lines.iteration ? '' : ` of ${goal.toLocaleString('en')}`;
  const where = `after iteration ${lines.iteration.toLocaleString('en')}`;
  if (isModel) return { kind: 'done', words: `as of iteration ${lines.iteration.toLocaleString('en')}${of}` };
  for (const line of [...log].reverse()) {
    if (line.startsWith('done after'))
      return { kind: 'done', words: `finished ${where}`, early: / was best after iteration \d+/.test(line) };
    if (line.startsWith('stopped after')) return { kind: 'stopped', words: `stopped ${where}${of}` };
    if (line.startsWith('training failed')) return { kind: 'failed', words: line };
    if (line.startsWith('resumed after')) break;
  }
  return { kind: 'unfinished', words: `not finished: ${where}${of}` };
}

/** Of the words of a failed run: whether its numbers did, so that going on would end in the same place; else it was its disk or the like. */
export const hasDiverged = (words: string): boolean =>
  /^training failed: (in|after) iteration \d+, /.test(words);

export function againHtml(run: RunFacts): string {
  const { machine, data, params, settings, begun, written, log } = run;
  const about: readonly (readonly [string, string])[] = [
    ['seed', String(settings.seed)],
    ['ganc', machine.ganc],
    [
      'engine',
      `${machine.engine}, ${machine.device}${machine.adapter === null ? '' : ` (${machine.adapter})`}`,
    ],
    ['threads', machine.threads === null ? '' : String(machine.threads)],
    ['processor', machine.processor],
    ['Node.js', machine.node],
    ['begun', dateOf(begun)],
    ['last written', dateOf(written)],
    ...data.map(
      ({ name, rows, hash }) =>
        [
          `data ${name}`,
          `${rows === null ? '' : `${rows.toLocaleString('en')} rows, `}SHA-256 ${hash.slice(0, 16)}…`,
        ] as const,
    ),
    ...params.map(({ name, value, set }) => [`param ${name}`, set ? `${value} (set)` : value] as const),
  ];
  const items = about
    .filter(([, value]) => value.trim() !== '')
    .map(([name, value]) => `<div><dt>${html(name)}</dt><dd>${html(value)}</dd></div>`);
  return `<div class="command"><pre tabindex="0" aria-label="the command"><code id="command">${html(commandOf(run))}</code></pre><button type="button" id="copy">copy</button></div>
<dl class="facts about">${items.join('')}</dl>
<details><summary>the end of the log</summary><pre tabindex="0" aria-label="the log">${html(log.join('\n'))}</pre></details>`;
}

/** `2026-11-28 06:41 UTC` */
const dateOf = (time: number): string =>
  Number.isFinite(time) ? `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC` : '';
