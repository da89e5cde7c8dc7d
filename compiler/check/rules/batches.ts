/** Batches: every stream and sample that is trained on has one, and no stream has fewer rows than its batch. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { counted, kinds } from '../../errors.ts';
import type { AnalysedUpdate } from '../../analyse/analysis.ts';
import type { DataInfo } from '../../bind/names.ts';
import { reachable } from '../../ir/node.ts';
import type { Rule } from '../rule.ts';

export const batches: Rule = ({ schedule, names, rows, batches: sizes }) => {
  if (schedule === null) return [];
  const { declaration: train, updates } = schedule;
  const read = new Set(updates.flatMap(({ reads }) => reads));
  const samples: Diagnostic[] = [];
  for (const name of drawn(updates)) {
    const info = names.samples.get(name);
    if (info === undefined || sizes.has(name)) continue;
    // Its rows may be those of a stream that no objective reads.
    const streams = rows.members(name).filter((member) => names.data.has(member));
    streams.forEach((stream) => read.add(stream));
    if (streams.length === 0 && train.batch === undefined) samples.push(none(info.declaration, 'sample'));
  }
  const streams = [...read].flatMap((name) => {
    const info = names.data.get(name)!;
    const size = sizes.get(name);
    if (size !== undefined) return tooLarge(train, info, size);
    return train.batch === undefined ? [none(info.declaration, 'stream')] : [];
  });
  return [...streams, ...samples];
};

/** Samples whose draws the objectives depend on. */
function drawn(updates: readonly AnalysedUpdate[]): Set<string> {
  const draws = reachable(updates.flatMap(({ objective }) => objective?.node ?? [])).filter(
    (node) => node.op === 'draw',
  );
  return new Set(draws.map((node) => node.attrs.key));
}

const none = ({ name }: ast.DataDecl | ast.SampleDecl, what: string): Diagnostic =>
  diagnostic(kinds.noBatch, name.span, {
    what: `the ${what} \`${name.name}\` has no batch size`,
    hint: `Write \`train for … steps, batch 64\`, or \`batch 64\` behind the ${what}.`,
  });

function tooLarge(train: ast.TrainDecl, { declaration, description }: DataInfo, batch: number): Diagnostic[] {
  if (description === null || description.count >= batch) return [];
  const { name } = declaration.name;
  const at = declaration.batch ?? train.batch ?? declaration.name;
  return [
    diagnostic(kinds.batch, at.span, {
      what: `a batch of ${batch} is larger than \`${name}\`, which has ${counted(description.count, 'row')}`,
      why: 'Batches are drawn without repetition.',
      hint: `Take at most ${description.count}, or more data.`,
      labels: declaration.batch === undefined ? [{ span: declaration.name.span, text: 'this stream' }] : [],
    }),
  ];
}
