/** Batches: every stream and sample that is trained on has one, and no stream has fewer rows than its batch. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic } from '../../../grammar/diagnostics.ts';
import type { Context } from '../../evaluate/context.ts';
import type { DataInfo, Names } from '../../bind/names.ts';
import { counted, kinds } from '../../errors.ts';
import { reachable } from '../../ir/node.ts';
import type { Reporter } from '../../bind/reporter.ts';
import type { CheckedUpdate } from '../../analyse/updates.ts';

/** Of every stream (its own, else the schedule's) and of the samples that have their own. */
export function knownBatches(names: Names, batch: number | null): Map<string, number> {
  const streams = [...names.data].map(([name, info]) => [name, info.batch ?? batch] as const);
  const samples = [...names.samples].map(([name, info]) => [name, info.batch] as const);
  return new Map([...streams, ...samples].flatMap(([name, size]) => (size === null ? [] : [[name, size]])));
}

export function checkBatches(
  train: ast.TrainDecl,
  updates: readonly CheckedUpdate[],
  { names, rows }: Context,
  batch: number | null,
  report: Reporter,
): void {
  for (const name of new Set(updates.flatMap(({ reads }) => reads))) {
    const info = names.data.get(name)!;
    const size = info.batch ?? batch;
    if (size !== null) checkCount(train, name, info, size, report);
    else if (train.batch === undefined) sayNone(info.declaration, 'stream', report);
  }
  if (train.batch !== undefined) return;
  for (const name of drawn(updates)) {
    const info = names.samples.get(name);
    const alone = rows.members(name).every((member) => !names.data.has(member));
    if (info !== undefined && alone && rows.sized(name) === undefined)
      sayNone(info.declaration, 'sample', report);
  }
}

/** Samples whose draws the objectives depend on. */
function drawn(updates: readonly CheckedUpdate[]): Set<string> {
  const draws = reachable(updates.flatMap(({ objective }) => objective?.node ?? [])).filter(
    (node) => node.op === 'draw',
  );
  return new Set(draws.map((node) => String(node.attrs.key)));
}

function sayNone({ name }: ast.DataDecl | ast.SampleDecl, what: string, report: Reporter): void {
  report.say(
    diagnostic(kinds.schedule, name.span, {
      what: `the ${what} \`${name.name}\` has no batch size`,
      hint: `Write \`train for … steps, batch 64\`, or \`batch 64\` behind the ${what}.`,
    }),
  );
}

function checkCount(
  train: ast.TrainDecl,
  name: string,
  { declaration, description }: DataInfo,
  batch: number,
  report: Reporter,
): void {
  if (description === null || description.count >= batch) return;
  const at = declaration.batch ?? train.batch ?? declaration.name;
  report.say(
    diagnostic(kinds.batch, at.span, {
      what: `a batch of ${batch} is larger than \`${name}\`, which has ${counted(description.count, 'row')}`,
      why: 'Batches are drawn without repetition.',
      hint: `Take at most ${description.count}, or more data.`,
      labels: declaration.batch === undefined ? [{ span: declaration.name.span, text: 'this stream' }] : [],
    }),
  );
}
