/** Files of a run, believed once they fit their schemas. In: parsed JSON; out: what it is, or one sentence on the first fault. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Manifest } from '../../program/manifest.ts';
import { validators } from './validators.ts';

/** The manifest, or one sentence about the first place that isn't right. */
export function parseManifest(value: unknown): { readonly manifest: Manifest } | { readonly error: string } {
  const validate = validators.manifest();
  return validate(value) ? { manifest: value } : { error: sentence(validate.errors ?? []) };
}

/** What is wrong with the content of a checkpoint.json; null: nothing. */
export const checkpointProblem = (value: unknown): string | null => problem(validators.checkpoint(), value);

/** What is wrong with the content of a run.json; null: nothing. */
export const runInfoProblem = (value: unknown): string | null => problem(validators.runInfo(), value);

/** What is wrong with the content of a model file's model.json; null: nothing. */
export const modelNoteProblem = (value: unknown): string | null => problem(validators.modelNote(), value);

function problem(validate: ValidateFunction, value: unknown): string | null {
  return validate(value) ? null : sentence(validate.errors ?? []);
}

/** The innermost of the errors in words. */
function sentence(errors: readonly ErrorObject[]): string {
  const deepest = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length).at(0);
  if (!deepest) return 'it does not fit the schema';
  const place = deepest.instancePath === '' ? 'the top' : deepest.instancePath.slice(1).replaceAll('/', '.');
  const extra =
    deepest.keyword === 'additionalProperties' ? ` (${String(deepest.params.additionalProperty)})` : '';
  return `at ${place}: ${deepest.message ?? 'not as it should be'}${extra}`;
}
