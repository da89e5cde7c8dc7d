/** Begins a pack of which one record of two is ever made, and says so once that one lies on the disk. It has to be stopped. */
import { makePack } from '../../runtime/data/pack.ts';

const kept = setInterval(() => undefined, 1000);
await makePack({
  ...{ key: 'a'.repeat(64), of: 'nothing', count: 2, width: 1 },
  async *parts() {
    yield Uint8Array.of(1);
    process.stdout.write('one\n');
    await new Promise(() => undefined);
  },
});
clearInterval(kept);
