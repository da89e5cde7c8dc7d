/** docs/reference.md and docs/diagnostics.md are what the code's tables say. */
import { diagnosticsPage } from './diagnostics.ts';
import { page } from './page.ts';
import { referencePage } from './reference.ts';

describe('printed pages', () => {
  it('docs/reference.md holds the vocabulary', () => page('docs/reference.md', referencePage()));
  it('docs/diagnostics.md holds every code', () => page('docs/diagnostics.md', diagnosticsPage()));
});
