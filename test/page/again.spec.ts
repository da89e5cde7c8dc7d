/** The command on a run's page, which makes the run again. */
import { cpSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { commandOf } from '../../page/again.ts';
import { runFacts } from '../../page/run-facts.ts';
import { linesOf } from '../../page/write.ts';
import { ring, shell } from '../cli/shell.ts';

const { run, write, path, read } = shell();

describe("the command on a run's page", () => {
  it('has all that decides the numbers', async () => {
    const how = ['--accumulate', '2', '--best', 'lowest:spread', '--patience', '40'];
    const made = [
      'run',
      write('ring.gan', ring),
      '--out',
      path('told'),
      '--threads',
      '1',
      '--steps',
      '4',
      '--quiet',
    ];
    assert.equal((await run([...made, ...how])).code, 0);
    const page = read('told/report.html');
    assert.include(page, `--accumulate 2 --best lowest:spread --patience 40 --seed 1 --target onnx`);
    const info = JSON.parse(read('told/run.json')) as { machine: object };
    cpSync(path('told'), path('shared'), { recursive: true });
    writeFileSync(
      path('shared/run.json'),
      JSON.stringify({ ...info, machine: { ...info.machine, processes: 3 } }),
    );
    const facts = runFacts(path('shared'), linesOf(path('shared'))());
    assert.include(commandOf(facts), '--threads 1 --nproc 3 --steps 4');
  });
});
