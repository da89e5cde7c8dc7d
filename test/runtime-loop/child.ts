/** A process for the tests to kill: trains the tiny run in argv[2] to iteration argv[3], with a checkpoint every third. */
import { trainTiny } from './scratch-run.ts';

await trainTiny(
  process.argv[2],
  { stop: Number(process.argv[3]), checkpointEvery: 3 },
  {
    emit: ({ kind }) => kind === 'start' && process.stdout.write('started\n'),
  },
);
