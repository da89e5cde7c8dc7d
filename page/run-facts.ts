/**
 * A run directory as plain data for its page. In: the folder, of this version or an earlier one, finished, running or cut
 * off; out: whatever is there. Nothing is changed, and nothing that is missing is an error but the run itself.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SpecText } from '../program/spec-text.ts';
import { inside, readManifest, RunDirectoryError } from '../runtime/run/run-directory.ts';
import { noteName } from '../runtime/run/model-start.ts';
import { schedule } from '../runtime/run/schedule.ts';
import type { EverySetting, Settings } from '../runtime/run/settings.ts';
import { readDrawings } from './drawings.ts';
import type { Drawings } from './drawings.ts';
import { embeddingsOf } from './embeddings.ts';
import type { Embedding } from './embeddings.ts';
import { at, entriesAt, listAt, numberAt, parsed, textAt, textsAt } from './loose.ts';
import type { Lines } from './metrics-lines.ts';

export interface RunFacts {
  readonly path: string;
  readonly name: string;
  readonly spec: SpecText;
  /** What its command line said. */
  readonly settings: Settings;
  readonly params: readonly { readonly name: string; readonly value: string; readonly set: boolean }[];
  readonly target: string;
  readonly networks: readonly {
    readonly name: string;
    readonly signature: string;
    readonly weights: number;
  }[];
  readonly updates: readonly ManifestUpdate[];
  readonly machine: Machine;
  readonly data: readonly { readonly name: string; readonly rows: number | null; readonly hash: string }[];
  /** Iterations that the spec asks for; null where it can't be told any more. */
  readonly asked: number | null;
  /** The iteration after which it ends: that, or where `--steps` or `--epochs` told it to. */
  readonly goal: number | null;
  /** The newest lines of the log. */
  readonly log: readonly string[];
  /** It came out of a model file, which has one checkpoint and no dates. */
  readonly isModel: boolean;
  /** When the run was begun, and when it last wrote; milliseconds since 1970. */
  readonly begun: number;
  readonly written: number;
  readonly drawings: Drawings | null;
  readonly lines: Lines;
  readonly embeddings: readonly Embedding[];
  /** What metrics are held against, by their names. */
  readonly goals: ReadonlyMap<string, Goal>;
  /** What rules of health said, the newest last. */
  readonly health: readonly HealthFact[];
}

export interface HealthFact {
  readonly iteration: number;
  readonly rule: string;
  readonly text: string;
}

export interface Goal {
  readonly value: number;
  /** Whose number it is; null: nobody's in particular. */
  readonly from: string | null;
}

export interface ManifestUpdate {
  readonly name: string;
  readonly networks: readonly string[];
  readonly text: string;
  readonly losses: readonly string[];
}

export interface Machine {
  readonly ganc: string;
  readonly node: string;
  readonly engine: string;
  readonly device: string;
  readonly adapter: string | null;
  readonly threads: number | null;
  /** That share each batch. */
  readonly processes: number;
  readonly processor: string;
}

/** `lines`: what metricsLines read of the same folder. Throws RunDirectoryError where it is no run's. */
export function runFacts(path: string, lines: Lines): RunFacts {
  const places = inside(path);
  if (!existsSync(places.info) || !existsSync(places.manifest))
    throw new RunDirectoryError(
      `${path} ${existsSync(path) ? 'is not a run directory: it has no run.json' : 'does not exist'}`,
    );
  const [info, manifest] = [parsed(textOf(places.info)), parsed(textOf(places.manifest))];
  const settings = settingsIn(info);
  const isModel = existsSync(join(path, noteName));
  const [log, asked] = [textOf(places.log).trimEnd().split('\n'), askedFor(path, info)];
  const times = isModel ? [] : timesOf(path);
  return {
    path,
    name: textAt(manifest, 'name') ?? 'a run',
    spec: {
      path: textAt(manifest, 'spec', 'path') ?? 'spec.gan',
      text: textOf(places.spec),
      imports: importsIn(manifest),
    },
    settings,
    params: entriesAt(manifest, 'params').map(([name, value]) => ({
      name,
      value: String(value),
      set: Object.hasOwn(settings.set, name),
    })),
    target: textAt(manifest, 'target') ?? 'onnx',
    networks: listAt(manifest, 'networks').map((one) => ({
      name: textAt(one, 'name') ?? '',
      signature: textAt(one, 'signature') ?? '',
      weights: numberAt(one, 'weights') ?? 0,
    })),
    updates: listAt(manifest, 'updates').map((one) => ({
      name: textAt(one, 'name') ?? '',
      networks: textsAt(one, 'networks'),
      text: textAt(one, 'text') ?? '',
      losses: textsAt(one, 'losses'),
    })),
    machine: machineOf(at(info, 'machine')),
    data: entriesAt(info, 'data').map(([name, value]) => ({
      name,
      rows: numberAt(value, 'count'),
      hash: textAt(value, 'hash') ?? '',
    })),
    asked,
    goal: goalIn(log) ?? asked,
    log: log.slice(-12),
    isModel,
    begun: Math.min(...times),
    written: Math.max(...times),
    drawings: readDrawings(path),
    lines,
    embeddings: embeddingsOf(path),
    goals: goalsOf(manifest),
    health: healthOf(textOf(places.health)),
  };
}

function settingsIn(info: unknown): EverySetting {
  const [metric, better] = [textAt(info, 'best', 'metric'), textAt(info, 'best', 'better')];
  return {
    profile: textAt(info, 'profile'),
    set: Object.fromEntries(entriesAt(info, 'set').map(([name, value]) => [name, String(value)])),
    accumulate: numberAt(info, 'accumulate') ?? undefined,
    best: metric === null ? undefined : { metric, better: better === 'lower' ? 'lower' : 'higher' },
    patience: numberAt(info, 'patience') ?? undefined,
    seed: numberAt(info, 'seed') ?? 1,
  };
}

function healthOf(lines: string): HealthFact[] {
  return lines.split('\n').flatMap((line) => {
    const said = parsed(line);
    const [iteration, rule, text] = [numberAt(said, 'iteration'), textAt(said, 'rule'), textAt(said, 'text')];
    return iteration === null || rule === null || text === null ? [] : [{ iteration, rule, text }];
  });
}

function goalsOf(manifest: unknown): Map<string, Goal> {
  const items = listAt(manifest, 'reports').flatMap((report) => listAt(report, 'items'));
  return new Map(
    items.flatMap((item): [string, Goal][] => {
      const [name, value] = [textAt(item, 'name'), numberAt(item, 'goal', 'value')];
      return name === null || value === null ? [] : [[name, { value, from: textAt(item, 'goal', 'from') }]];
    }),
  );
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** When a run was begun: milliseconds since 1970. */
export const begunAt = (path: string): number => Math.min(...timesOf(path));

function timesOf(path: string): number[] {
  const { info, spec, metrics, log } = inside(path);
  return [info, spec, metrics, log].map(timeOf).filter((time) => time > 0);
}

const timeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const machineOf = (machine: unknown): Machine => ({
  ganc: textAt(machine, 'ganc') ?? '',
  node: textAt(machine, 'node') ?? '',
  engine: [textAt(machine, 'engine'), textAt(machine, 'engineVersion')].filter(Boolean).join(' '),
  device: textAt(machine, 'device') ?? 'cpu',
  adapter: textAt(machine, 'adapter'),
  threads: numberAt(machine, 'threads'),
  processes: numberAt(machine, 'processes') ?? 1,
  processor: textAt(machine, 'processor') ?? '',
});

/** What the log says of the newest start or resume; null where that was to end as the spec says. */
function goalIn(log: readonly string[]): number | null {
  const last = log.findLastIndex((line) => /^(seed|resumed after) |^to iteration \d+$/.test(line));
  const told = /^to iteration (\d+)$/.exec(log[last] ?? '');
  return told === null ? null : Number(told[1]);
}

/** By the manifest's schedule, where this version understands it. */
function askedFor(path: string, info: unknown): number | null {
  try {
    const counts = entriesAt(info, 'data').map(([name, value]) => [name, numberAt(value, 'count') ?? 0]);
    return schedule(readManifest(inside(path).manifest), Object.fromEntries(counts)).steps;
  } catch {
    return null;
  }
}

/** Of a manifest as it lies in a run directory; none where an earlier version wrote it. */
export const importsIn = (manifest: unknown): NonNullable<SpecText['imports']> =>
  listAt(manifest, 'spec', 'imports').flatMap((one) => {
    const [path, text] = [textAt(one, 'path'), textAt(one, 'text')];
    return path === null || text === null ? [] : [{ path, text }];
  });
