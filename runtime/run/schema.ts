/**
 * JSON schemas of a run directory's own files, and of a model file's: what is demanded of run.json, checkpoint.json and model.json
 * before they are believed (checked.ts). They say what RunInfo, StoredCheckpoint and ModelNote say; nothing that they don't name is let in.
 */
import { object, shared } from '../../program/schema.ts';

const { text, number, count, nullable, list, table } = shared;
const optionalText = nullable(text);

const position = object({ iteration: count, step: count, phase: count, taken: table(count) });
const best = object({ metric: text, value: number, iteration: count });
const description = object({
  count,
  hash: text,
  'skipped?': list(text),
  'notices?': list(text),
  'onDisk?': { type: 'boolean' },
  'classes?': table(list(text)),
});

/** By the names of the interfaces. */
export const runDefinitions = {
  StoredCheckpoint: object({
    format: { const: 2 },
    position,
    applied: table(count),
    best: nullable(best),
    metricsBytes: count,
    unreported: nullable(position),
    state: text,
  }),
  ModelNote: object({ kind: { const: 'ganc model' }, format: { const: 1 }, ganc: text, iteration: count }),
  RunInfo: object({
    format: { const: 2 },
    seed: count,
    set: table(text),
    profile: optionalText,
    'accumulate?': count,
    params: table({ anyOf: [number, { type: 'boolean' }, text] }),
    device: text,
    folder: text,
    'best?': object({ metric: text, better: { enum: ['higher', 'lower'] } }),
    'patience?': count,
    data: table(description),
    machine: object({
      ganc: text,
      node: text,
      engine: text,
      engineVersion: text,
      device: text,
      'adapter?': text,
      threads: count,
      'processes?': count,
      processor: text,
      features: list(text),
    }),
    program: table(text),
  }),
};
