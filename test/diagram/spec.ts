/** Architectures of specs, for the tests of their pictures. */
import { readFileSync } from 'node:fs';
import { hostFor } from '../../cli/spec.ts';
import type { Architecture } from '../../compiler/architecture/architecture.ts';
import { architecture } from '../../compiler/compile.ts';

/** Of a spec's text; throws with its diagnostics if anything is wrong with it. */
export function architectureOfText(text: string, path = 'test.gan'): Architecture {
  const entry = { path, text };
  const found = architecture(entry, hostFor(entry));
  if (found.architecture !== null) return found.architecture;
  throw new Error(found.diagnostics.map(({ what }) => what).join('\n'));
}

export const architectureOfFile = (path: string): Architecture =>
  architectureOfText(readFileSync(path, 'utf8'), path);
