/** Looks at a file as `ganc data look` does, and prints the process's peak in MB. In: its path. */
import { look } from '../../cli/look.ts';
import { peakBytes } from '../../cli/peak.ts';
import { realTerminal } from '../../cli/terminal.ts';

await look(process.argv[2], undefined, { json: false }, { ...realTerminal(), out: () => undefined });
process.stdout.write(String(peakBytes() / 1e6));
