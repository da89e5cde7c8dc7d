/**
 * Schemas as functions. Compiled by ajv when they are first wanted; in dist/ that was done when dist/ was made
 * (setup/package/build.js puts the functions in the place of this file), for it takes a tenth of a second.
 */
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { Manifest } from '../../program/manifest.ts';
import { schemas, validation } from './schemas.ts';

const made = new Map<string, ValidateFunction>();

function validator<T>(name: keyof typeof schemas): ValidateFunction<T> {
  const validate = made.get(name) ?? new Ajv(validation).compile<T>(schemas[name]);
  made.set(name, validate);
  return validate as ValidateFunction<T>;
}

export const validators = {
  manifest: (): ValidateFunction<Manifest> => validator('manifest'),
  checkpoint: (): ValidateFunction => validator('checkpoint'),
  runInfo: (): ValidateFunction => validator('runInfo'),
  modelNote: (): ValidateFunction => validator('modelNote'),
};
