/**
 * JSON schemas of a run directory's own files: what is demanded of run.json and checkpoint.json before they are believed.
 * They say what RunInfo and StoredCheckpoint say; nothing that they don't name is let in.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { ajv, errorSentence, object, shared } from '../../program/schema.ts';

const { text, number, count, nullable, list, table } = shared;
const optionalText = nullable(text);

const position = object({ iteration: count, step: count, phase: count, taken: table(count) });
const best = object({ metric: text, value: number, iteration: count });
const description = object({ count, hash: text, 'skipped?': list(text) });

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
  RunInfo: object({
    format: { const: 2 },
    seed: count,
    set: table(text),
    profile: optionalText,
    params: table({ anyOf: [number, { type: 'boolean' }, text] }),
    device: text,
    folder: text,
    data: table(description),
    machine: object({
      ganc: text,
      node: text,
      engine: text,
      engineVersion: text,
      device: text,
      'adapter?': text,
      threads: count,
      processor: text,
      features: list(text),
    }),
    program: table(text),
  }),
};

const checkpoint = ajv.compile(runDefinitions.StoredCheckpoint);
const runInfo = ajv.compile(runDefinitions.RunInfo);

function problem(validate: ValidateFunction, value: unknown): string | null {
  return validate(value) ? null : errorSentence((validate.errors ?? []) as ErrorObject[]);
}

/** What is wrong with the content of a checkpoint.json; null: nothing. */
export const checkpointProblem = (value: unknown): string | null => problem(checkpoint, value);

/** What is wrong with the content of a run.json; null: nothing. */
export const runInfoProblem = (value: unknown): string | null => problem(runInfo, value);
