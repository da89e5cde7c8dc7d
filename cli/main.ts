/** The process around the command line. */
import { diskError } from '../runtime/disk.ts';
import { exitCodes } from './exit.ts';
import { ganc } from './ganc.ts';
import { realTerminal } from './terminal.ts';

// `ganc ... | head`, a terminal that is closed: a reader that went away ends the talking, not the run; log.txt has it all.
const gone = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);
let cut = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (gone.has(error.code ?? '')) return;
    const sentence = diskError(error, 'the standard output');
    if (sentence === null) throw error;
    // Of a run that goes on each line would fail.
    if (cut || stream === process.stderr) return;
    cut = true;
    process.stderr.write(`error: ${sentence.message}\n`);
  });
}
// After all that was written: what goes to a file may fail when the command is done. A run went on without, and saved.
process.once('exit', (code) => {
  if (cut && code === exitCodes.fine) process.exitCode = exitCodes.usage;
});
// No await at the top: dist/ holds this as a script, whose code can be cached (start.ts).
void ganc(process.argv.slice(2), realTerminal()).then((code) => {
  // An engine in the middle of a run would hold the process up.
  if (code === exitCodes.interrupted) process.exit(code);
  process.exitCode = code;
});
