/**
 * What a person sees of a run: on a terminal one line that is drawn again (bar, losses, speed, time left), elsewhere
 * a plain line now and then; report results and checkpoints as they come. In: training events; out: text.
 */
import { relative } from 'node:path';
import { jsonText } from '../grammar/visible.ts';
import type { UpdateEntry } from '../program/manifest.ts';
import type { TrainingEvent } from '../runtime/run/training.ts';
import { paint } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { trend, type Trend } from './trend.ts';
import { errWidth, wrapped } from './wrapped.ts';

export interface Watcher {
  see(event: TrainingEvent): void;
  /** Takes the drawn line away. */
  end(): void;
}

/** `--json`: each event as one line of JSON on the data side. */
export function jsonWatcher(terminal: Terminal): Watcher {
  return { see: (event) => terminal.out(jsonText(event) + '\n'), end: () => undefined };
}

export const quietWatcher: Watcher = { see: () => undefined, end: () => undefined };

/** What is done at each event. */
type Seen = {
  readonly [K in TrainingEvent['kind']]: (event: Extract<TrainingEvent, { readonly kind: K }>) => void;
};

/** `updates`: the program's, which are called by what they train. */
export function textWatcher(
  terminal: Terminal,
  updates: readonly Pick<UpdateEntry, 'name' | 'networks'>[],
  now: () => number = () => performance.now(),
): Watcher {
  const line = drawnLine(terminal, now);
  const textOf = iterationTexts(terminal, calledBy(updates), now);
  let stop = 0;
  const slowly = (what: string, share: number): void => {
    const text = `${what}, ${Math.floor(100 * share)} % of it`;
    line.draw({ live: () => cut(text, terminal.width - 1), plain: () => text });
  };
  const seen: Seen = {
    start: (event) => void (stop = event.stop),
    iteration: (event) => line.draw(textOf(event, stop)),
    report: ({ iteration, name, share }) => slowly(`iteration ${iteration}: ${name}`, share),
    rows: ({ field, share }) => slowly(`writing the rows of ${field} for Python`, share),
    log: ({ text }) => line.say(text),
    health: ({ iteration, text }) => line.say(`health at iteration ${iteration}: ${text}`),
    file: ({ iteration, path }) => line.say(`iteration ${iteration}: ${relative('.', path)}`),
    metric: () => undefined,
    checkpoint: () => undefined,
  };
  return { see: (event) => (seen[event.kind] as (event: TrainingEvent) => void)(event), end: line.wipe };
}

/** The same on a terminal, and where text stays. */
interface Texts {
  live(): string;
  plain(): string;
}

/** Milliseconds between two plain lines. */
const plainPause = 10_000;

interface Line {
  /** What the next one takes the place of; elsewhere than on a terminal one in ten seconds is said. */
  draw(texts: Texts): void;
  /** What stays. */
  say(text: string): void;
  wipe(): void;
}

function drawnLine(terminal: Terminal, now: () => number): Line {
  let drawn = false;
  let said = -Infinity;
  const wipe = (): void => {
    if (drawn) terminal.err('\r\x1b[2K');
    drawn = false;
  };
  const say = (text: string): void => {
    wipe();
    terminal.err(`${wrapped(text, errWidth(terminal))}\n`);
  };
  return {
    draw({ live, plain }) {
      if (terminal.live) {
        wipe();
        terminal.err(live());
        drawn = true;
      } else if (now() - said >= plainPause) {
        said = now();
        say(plain());
      }
    },
    say,
    wipe,
  };
}

/** What each iteration says, of those before it how fast they were and how losses went. */
function iterationTexts(
  terminal: Terminal,
  called: Called,
  now: () => number,
): (event: Iteration, stop: number) => Texts {
  const speed = speedometer(now);
  const trends = new Map<string, Trend>();
  return (event, stop) => {
    const { iteration } = event;
    const pace = paceOf(event, stop, speed.after(iteration));
    const text = describe(event, pace, called);
    for (const [name, value] of lossesOf(event, called)) {
      trends.set(name, trends.get(name) ?? trend());
      trends.get(name)!.add(value);
    }
    const went = (name: string): string => ` ${trends.get(name)?.drawn() ?? ''}`.trimEnd();
    return {
      live: () => bar(terminal, iteration, stop, text, describe(event, pace, called, went)),
      plain: () => `iteration ${iteration}/${stop}  ${text}`,
    };
  };
}

type Iteration = Extract<TrainingEvent, { kind: 'iteration' }>;

/** An update's name for people. */
type Called = (update: string) => string;

/** `D+Trunk`; of two that train the same, `D (update_3)`. */
function calledBy(updates: readonly Pick<UpdateEntry, 'name' | 'networks'>[]): Called {
  const trained = updates.map(({ networks }) => networks.join('+'));
  const words = updates.map(({ name }, i) =>
    trained.filter((one) => one === trained[i]).length > 1 ? `${trained[i]} (${name})` : trained[i],
  );
  const byName = new Map(updates.map(({ name }, i) => [name, words[i]]));
  return (update) => byName.get(update) ?? update;
}

/** Losses that the spec names, or else what updates minimise; not a game's term by itself (`game.discriminator`). */
function lossesOf({ logged }: Iteration, called: Called): [string, number][] {
  const named = Object.entries(logged.losses).filter(([name]) => !name.includes('.'));
  if (named.length > 0) return named;
  return Object.entries(logged.objectives).map(([update, value]) => [`loss of ${called(update)}`, value]);
}

const paceOf = ({ iteration }: Iteration, stop: number, perSecond: number | null): string[] =>
  perSecond === null ? [] : [`${short(perSecond)} it/s`, `${clock((stop - iteration) / perSecond)} left`];

/**
 * `3.1 it/s  0:12:30 left  discriminator_loss 1.21  generator_loss 0.73  (skipped G)`: what a narrow terminal cuts
 * off are losses, never the time left. `how`: what stands behind a loss, how it went.
 */
function describe(
  event: Iteration,
  pace: readonly string[],
  called: Called,
  how = (_: string): string => '',
): string {
  const { phase, logged } = event;
  const losses = lossesOf(event, called).map(([name, value]) => `${name} ${short(value)}${how(name)}`);
  const skipped = logged.skipped.length > 0 ? [`(skipped ${logged.skipped.map(called).join(', ')})`] : [];
  return [...(phase === null ? [] : [phase]), ...pace, ...losses, ...skipped].join('  ');
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** `4:05`, `1:02:09` */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `whole`: the text with how the losses went. Where that has no room it is shown without the bar, or not. */
function bar(terminal: Terminal, iteration: number, stop: number, text: string, whole: string): string {
  const share = stop === 0 ? 1 : Math.min(1, iteration / stop);
  const cells = 20;
  const full = Math.round(share * cells);
  const count = `${iteration}/${stop}  `;
  const drawn = paint(terminal).green('█'.repeat(full)) + paint(terminal).dim('░'.repeat(cells - full));
  const room = terminal.width - cells - count.length - 2;
  if (whole.length <= room) return `${drawn} ${count}${whole}`;
  if (whole !== text && whole.length <= room + cells + 1) return count + whole;
  return `${drawn} ${count}${cut(text, room)}`;
}

const cut = (text: string, room: number): string =>
  text.length > room ? text.slice(0, Math.max(0, room - 1)) + '…' : text;

/** Iterations a second over the last half minute or so. */
function speedometer(now: () => number): { after(iteration: number): number | null } {
  const seen: { at: number; iteration: number }[] = [];
  return {
    after(iteration) {
      const at = now();
      seen.push({ at, iteration });
      while (seen.length > 2 && at - seen[0].at > 30_000) seen.shift();
      const [first] = seen;
      return at - first.at < 200 ? null : (1000 * (iteration - first.iteration)) / (at - first.at);
    },
  };
}
