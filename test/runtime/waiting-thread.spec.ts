/** A thread that is waited for: what it says, and what becomes of those who ask where it dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from 'chai';
import { waitingThread } from '../../runtime/waiting-thread.ts';

const thread = waitingThread<string, string>(new URL('./dying-thread.js', import.meta.url));
const patience = 50_000;

describe('a thread that is waited for', () => {
  after(() => thread.giveUp());

  it('answers, and is another one where it has died or was given up', async function () {
    this.timeout(40_000);
    assert.equal(thread.ask('first', patience), 'first, answered');
    // While it is waited for.
    assert.isNull(thread.ask('die', patience));
    assert.equal(thread.ask('second', patience), 'second, answered');
    // And while nobody does.
    assert.equal(thread.ask('fail', patience), 'fail, answered');
    await sleep(500);
    assert.equal(thread.ask('third', patience), 'third, answered');
    assert.isNull(thread.ask('hang', 50));
    assert.equal(thread.ask('fourth', patience), 'fourth, answered');
  });
});
