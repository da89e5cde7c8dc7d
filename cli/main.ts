/** The process around the command line. */
import { ganc } from './ganc.ts';
import { realTerminal } from './terminal.ts';

// `ganc ... | head`: a reader that went away is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}
process.exitCode = await ganc(process.argv.slice(2), realTerminal());
