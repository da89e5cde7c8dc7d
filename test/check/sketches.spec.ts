/** The systems that the language was designed for, completed: each checks clean. */
import { assert } from 'chai';
import { checkSpec } from '../../compiler/compile.ts';
import type { Host } from '../../compiler/input.ts';
import { render } from '../../grammar/render.ts';
import { host } from '../parity/host.ts';
import { casesIn } from './cases.ts';

/** The files that a sketch reads are nowhere; its types follow from its arguments. */
const withoutFiles: Host = { ...host, describe: () => null };

describe('sketches', () => {
  for (const { name, source } of casesIn('sketches')) {
    it(name, () => {
      const { diagnostics, model } = checkSpec(source, withoutFiles);
      assert.isNotNull(model, render(diagnostics, { color: false }));
    });
  }
});
