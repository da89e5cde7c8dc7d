/**
 * What may change between a run and its resume. In: the program that the run holds and the one that its spec gives
 * now; out: what differs, in words, sorted into what would make another run of it and what is harmless (reports).
 */
import type { DataDescription } from '../../program/catalogue.ts';
import type { GraphEntry, Manifest } from '../../program/manifest.ts';
import { stepsIn } from '../../program/steps-in.ts';

export interface ProgramChanges {
  /** Parts that decide the weights. Empty: the run may go on. */
  readonly training: readonly string[];
  /** Whether anything differs at all. */
  readonly any: boolean;
}

export interface ProgramParts {
  readonly manifest: Manifest;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** `files`: of each program, by the manifest's names. */
export function programChanges(then: ProgramParts, now: ProgramParts): ProgramChanges {
  const [a, b] = [partsOf(then), partsOf(now)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const training = names.filter((name) => a[name] !== b[name]);
  const whole = ({ manifest }: ProgramParts): string =>
    JSON.stringify({ ...manifest, spec: [manifest.spec.text, manifest.spec.imports] });
  return { training, any: training.length > 0 || whole(then) !== whole(now) };
}

/** What training depends on, each part printed so that equal parts are equal strings. */
function partsOf({ manifest, files }: ProgramParts): Record<string, string> {
  const parts: Record<string, unknown> = {
    'the float type': manifest.float,
    'the target': manifest.target,
    'the length': manifest.length,
    'the schedule': manifest.schedule,
    'the weights that it starts with': (manifest.origins ?? []).map(({ path, at }) => [path, at]),
    'the files of its networks': (manifest.networkFiles ?? []).map(({ path, hash }) => [path, hash]),
  };
  for (const { name, ...rest } of manifest.networks) parts[`network ${name}`] = rest;
  for (const { name } of manifest.networks) {
    const entries = manifest.state.filter(({ network }) => network === name);
    parts[`the weights of ${name}`] = entries.map((entry) => JSON.stringify(entry)).sort();
  }
  // What the files hold is compared by dataChanges.
  for (const { name, description: _, ...rest } of manifest.streams) parts[`data ${name}`] = rest;
  // What its text means is compared as what its graph computes: the same may be written otherwise.
  for (const { name, text: _, ...rest } of manifest.updates) parts[name] = rest;
  for (const graph of stepGraphs(manifest)) {
    const entry = manifest.graphs[graph];
    // A digest says what is computed; files may differ in comments, or in what else they hold.
    const compared = entry.digest === undefined ? graphFiles(entry) : [];
    const bytes = compared.map((file) => Buffer.from(files[file] ?? []).toString('latin1'));
    parts[`the computation of ${updatesOf(manifest, graph)}`] = [{ ...entry, file: undefined }, bytes];
  }
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, JSON.stringify(part)]));
}

/** All files that a graph is made of. */
export function graphFiles({ file, stages = [] }: GraphEntry): string[] {
  const staged = stages.flatMap((stage) => [stage.file, ...stage.kernels.map((kernel) => kernel.file)]);
  return [...(file === undefined ? [] : [file]), ...new Set(staged)];
}

const stepGraphs = (manifest: Manifest): string[] => [
  ...new Set(manifest.schedule.flatMap(({ body }) => stepsIn(body).map(({ graph }) => graph))),
];

function updatesOf(manifest: Manifest, graph: string): string {
  const found = manifest.schedule.flatMap(({ body }) => stepsIn(body)).find((step) => step.graph === graph);
  if (found === undefined || found.updates.length === 0) return graph;
  const networksOf = (update: string): string =>
    manifest.updates.find(({ name }) => name === update)?.networks.join('+') ?? '';
  return found.updates.map((update) => `${update} (of ${networksOf(update)})`).join(', ');
}

/** What is not as it was in the data, in words. */
export function dataChanges(
  then: Readonly<Record<string, DataDescription>>,
  now: Readonly<Record<string, DataDescription>>,
): string[] {
  return Object.keys(then).flatMap((name) => {
    if (!(name in now)) return [`data ${name}: its files are gone`];
    if (then[name].count !== now[name].count)
      return [`data ${name}: ${then[name].count} rows then, ${now[name].count} now`];
    return then[name].hash === now[name].hash ? [] : [`data ${name}: the content has changed`];
  });
}

/** Lines that differ, `-` before and `+` after, with a line of what surrounds them; '' where the texts are equal. */
export function textDiff(before: string, after: string): string {
  const [a, b] = [before.trimEnd().split('\n'), after.trimEnd().split('\n')];
  const lines = align(a, b);
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - 1), i + 2).some(({ mark }) => mark !== ' '));
  const out: string[] = [];
  lines.forEach(({ mark, text }, i) => {
    if (near[i]) out.push(`${mark} ${text}`);
    else if (near[i - 1] && near.includes(true, i)) out.push('  ...');
  });
  return out.join('\n');
}

interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** By a longest common subsequence; equal starts and ends are set aside first, since specs differ in a few lines. */
function align(a: readonly string[], b: readonly string[]): DiffLine[] {
  let from = 0;
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from++;
  let ends = 0;
  while (ends < Math.min(a.length, b.length) - from && a[a.length - 1 - ends] === b[b.length - 1 - ends])
    ends++;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ mark: ' ', text }));
  return [
    ...same(a.slice(0, from)),
    ...alignMiddle(a.slice(from, a.length - ends), b.slice(from, b.length - ends)),
    ...same(a.slice(a.length - ends)),
  ];
}

function alignMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const length = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const out: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ mark: ' ', text: a[i] });
      [i, j] = [i + 1, j + 1];
    } else if (i < a.length && (j === b.length || length[i + 1][j] >= length[i][j + 1])) {
      out.push({ mark: '-', text: a[i++] });
    } else {
      out.push({ mark: '+', text: b[j++] });
    }
  }
  return out;
}
