/** Programs for a target that no engine runs, as of a newer ganc's run directory. */
import { assert } from 'chai';
import { EngineError } from '../../runtime/engines/engine.ts';
import { chooseEngine, openEngine } from '../../runtime/run/session.ts';
import { tinyManifest } from './tiny.ts';

describe('a program of an unknown target', () => {
  const manifest = tinyManifest();
  const said = async (job: Promise<unknown>): Promise<unknown> => job.catch((error: unknown) => error);

  it('is refused with the target by name', async () => {
    for (const job of [
      chooseEngine(manifest, 'cpu', 1),
      openEngine(manifest, '.', { device: 'cpu', threads: 1 }),
    ]) {
      const error = await said(job);
      assert.instanceOf(error, EngineError);
      assert.match(String(error), /no engine runs programs for the target tiny/);
    }
  });
});
