/**
 * `--set-sample digit=3 style[0]=-1..1` and `--interpolate 8`: which draws rows are made of. In: the texts, the spec's samples;
 * out: a plan of draws. Whatever is misspelt, or no such sample gives, is a sentence.
 */
import type { SampleInfo } from '../compiler/bind/names.ts';
import { nearest } from '../grammar/diagnostics.ts';
import { drawPlan } from '../runtime/reports/draw-plan.ts';
import type { DrawPlan, Setting } from '../runtime/reports/draw-plan.ts';
import { Exit, exitCodes } from './exit.ts';

export interface Wishes {
  /** `digit=3`, `style[0]=-1..1`. */
  readonly setSample?: readonly string[];
  /** Rows from one draw to the next. */
  readonly interpolate?: number;
}

type Samples = ReadonlyMap<string, SampleInfo>;

/** `read`: the samples that what is made depends on. undefined: nothing is wished. */
export function wishedDraws(
  { setSample = [], interpolate }: Wishes,
  samples: Samples,
  read: readonly string[],
  rows: number,
): DrawPlan | undefined {
  if (setSample.length === 0 && interpolate === undefined) return undefined;
  const settings = setSample.map((text) => setting(text, samples, read));
  const open = settings.filter(({ steps }) => steps === null);
  if (open.length > 1)
    throw wrong(`${setSample.join(' ')}: say how many steps all but one of the sweeps take, as in -1..1:10`);
  if (interpolate !== undefined && settings.some(({ steps }) => steps !== 1))
    throw wrong('--interpolate goes from draw to draw: sweep nothing then, or leave it out');
  return drawPlan(settings, interpolate ?? null, rows);
}

const wrong = (text: string): Exit => new Exit(exitCodes.usage, text);

function setting(text: string, samples: Samples, read: readonly string[]): Setting {
  const [, name, index, value] = /^\s*(\w+)(?:\[(\d+)\])?\s*=\s*(.+?)\s*$/.exec(text) ?? [];
  if (name === undefined)
    throw wrong(`--set-sample takes name=value, name[i]=value or a sweep, as in style[0]=-1..1, not ${text}`);
  const info = samples.get(name);
  if (info === undefined || !read.includes(name)) throw unknown(name, samples, read);
  const component = componentOf(text, info, index);
  const [, from, to, steps] = /^(-?[\d.e+-]+?)(?:\.\.(-?[\d.e+-]+?)(?::(\d+))?)?$/i.exec(value) ?? [];
  const numbers = [from, to ?? from].map(Number);
  if (from === undefined || numbers.some((x) => !Number.isFinite(x)) || Number(steps ?? 1) < 1)
    throw wrong(`${text}: a number, or a sweep such as -1..1 or -1..1:10`);
  const [first, last] = numbers.map((x) => raw(text, info, x));
  const classes = info.family === 'categorical' && to !== undefined;
  const own = classes ? Math.abs(last - first) + 1 : null;
  const wanted = to === undefined ? 1 : steps === undefined ? own : Number(steps);
  return { sample: name, component, from: first, to: last, steps: wanted };
}

function unknown(name: string, samples: Samples, read: readonly string[]): Exit {
  const list = read.length === 0 ? 'it depends on no sample' : `it depends on ${read.join(', ')}`;
  if (samples.has(name)) return wrong(`what is made does not depend on ${name}: ${list}`);
  const near = nearest(name, [...read]);
  return wrong(`no sample is called ${name}${near === undefined ? '' : `; did you mean ${near}?`} (${list})`);
}

function componentOf(text: string, { size, family }: SampleInfo, index: string | undefined): number | null {
  if (index === undefined) return null;
  const count = family === 'categorical' ? null : size;
  if (count === null) throw wrong(`${text}: it is one value a row, without components`);
  if (Number(index) >= count) throw wrong(`${text}: its components are 0 to ${count - 1}`);
  return Number(index);
}

/** The draw that gives the value. */
function raw(text: string, { family, size, args: [low, high] }: SampleInfo, value: number): number {
  const outside = (what: string): Exit => wrong(`${text}: it is ${what}`);
  switch (family) {
    case 'normal':
      return value;
    case 'uniform':
      if (value < low || value > high) throw outside(`a number from ${low} to ${high}`);
      return (value - low) / (high - low);
    case 'integer':
      if (!Number.isInteger(value) || value < low || value >= high)
        throw outside(`a whole number from ${low} to ${high - 1}`);
      return value - low;
    case 'categorical':
      if (!Number.isInteger(value) || value < 0 || value >= size!)
        throw outside(`a class from 0 to ${size! - 1}`);
      return value;
    case 'bernoulli':
      if (value !== 0 && value !== 1) throw outside('0 or 1');
      return 1 - value;
  }
}

/** The value of a draw, as the spec sees it. */
export function valueOf({ family, args: [low, high] }: SampleInfo, draw: number): number {
  if (family === 'uniform') return low + draw * (high - low);
  if (family === 'integer') return low + draw;
  return family === 'bernoulli' ? Number(draw < low) : draw;
}
