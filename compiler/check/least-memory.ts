/**
 * Whether a spec can fit into a machine at all, before a graph is made: its data, its weights and one draw of its
 * samples, which training holds at least. In: an analysis and the machine's memory; out: nothing, or the diagnostic that
 * names what needs most. memory.ts looks at the whole when the plan stands.
 */
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import type { DataDescription, FieldType } from '../../program/catalogue.ts';
import type { Analysis } from '../analyse/analysis.ts';
import { printBytes } from '../bytes.ts';
import { kinds } from '../errors.ts';

interface Need {
  readonly name: string;
  readonly span: Span;
  readonly bytes: number;
  readonly why: string;
  readonly hint: string;
}

/** `memory` in bytes. */
export function checkLeastMemory(analysis: Analysis, memory: number): Diagnostic[] {
  const all = [...networkNeeds(analysis), ...sampleNeeds(analysis), ...dataNeeds(analysis)];
  const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= memory) return [];
  const most = all.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const what = `training takes at least ${printBytes(total)}, and the machine has ${printBytes(memory)}: \`${most.name}\` needs most`;
  return [diagnostic(kinds.memory, most.span, { what, why: most.why, hint: most.hint })];
}

const numbers = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The state that is read, and the next one, which is written beside it; in float32. */
function networkNeeds({ names, weights }: Analysis): Need[] {
  return [...names.networks.values()].map(({ name, declaration }) => {
    const count = [...weights.get(name)!.values()].reduce((sum, { shape }) => sum + numbers(shape), 0);
    const bytes = 8 * count;
    const why = `It has ${count.toLocaleString('en')} weights, which take ${printBytes(bytes)}: those that are read and those that are written.`;
    return {
      name,
      span: declaration.name.span,
      bytes,
      why,
      hint: `Take fewer channels or smaller layers in \`${name}\`.`,
    };
  });
}

function sampleNeeds({ names, batches }: Analysis): Need[] {
  return [...names.samples.values()].map(({ declaration, size }) => {
    const { name, span } = declaration.name;
    const rows = batches.get(name) ?? 1;
    const bytes = 4 * rows * (size ?? 1);
    const why = `A draw of it is ${rows} rows of ${(size ?? 1).toLocaleString('en')} numbers: ${printBytes(bytes)}.`;
    return { name, span, bytes, why, hint: 'Draw fewer numbers, or take a smaller batch.' };
  });
}

/** Data is held in memory: images as bytes, all else in float64. What is read from the disk takes none. */
function dataNeeds({ names }: Analysis): Need[] {
  return [...names.data.values()].map(({ declaration, description, fields }) => {
    const { name, span } = declaration.name;
    const rows = description?.onDisk ? 0 : (description?.count ?? 0);
    const bytes = description === null ? 0 : heldBytes(description, fields);
    const why = `Data is held in memory: ${rows.toLocaleString('en')} rows take ${printBytes(bytes)}.`;
    return { name, span, bytes, why, hint: 'Take fewer or smaller rows.' };
  });
}

/** What a stream's rows take in memory. */
export const heldBytes = (
  { count, onDisk }: DataDescription,
  fields: Readonly<Record<string, FieldType>>,
): number => (onDisk ? 0 : count * Object.values(fields).reduce((sum, field) => sum + rowBytes(field), 0));

/** A length that differs from row to row counts as one. */
const rowBytes = ({ kind, shape }: FieldType): number =>
  (kind === 'image' ? 1 : 8) * numbers(shape.map((size) => (typeof size === 'number' ? size : 1)));
