/** Everything that validators.ts makes functions of, and how ajv reads it. */
import { manifestSchema } from '../../program/schema.ts';
import { runDefinitions } from './schema.ts';

export const schemas = {
  manifest: manifestSchema,
  checkpoint: runDefinitions.StoredCheckpoint,
  runInfo: runDefinitions.RunInfo,
  modelNote: runDefinitions.ModelNote,
};

export const validation = {
  discriminator: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
} as const;
