/** The process around the command line. */
import { exitCodes } from './exit.ts';
import { ganc } from './ganc.ts';
import { realTerminal } from './terminal.ts';

// `ganc ... | head`, a terminal that is closed: a reader that went away ends the talking, not the run; log.txt has it all.
const gone = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone.has(error.code ?? '')) throw error;
  });
}
// No await at the top: dist/ holds this as a script, whose code can be cached (start.ts).
void ganc(process.argv.slice(2), realTerminal()).then((code) => {
  // An engine in the middle of a run would hold the process up.
  if (code === exitCodes.interrupted) process.exit(code);
  process.exitCode = code;
});
