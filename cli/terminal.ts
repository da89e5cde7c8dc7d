/** Where a command writes: data on `out`, messages on `err`. The tests have one that remembers. */
import colors from 'picocolors';
import { terminalText } from '../grammar/visible.ts';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether messages go to a person at a terminal: only then is anything animated. */
  readonly live: boolean;
  readonly color: boolean;
  /** The same of data: it may go to a file while messages go to a person. */
  readonly outColor: boolean;
  readonly width: number;
  /** Columns of the terminal that data goes to; absent: it goes elsewhere. */
  readonly outWidth?: number;
  /** All of the standard input. */
  input(): Promise<string>;
  /** Calls at Ctrl-C, SIGTERM and SIGHUP (a terminal that is closed) until it is told to stop; no signal: Ctrl-C. */
  onInterrupt(listen: (signal?: Interrupt) => void): () => void;
  /** Ends the process at once, as Ctrl-C does where nobody listens. */
  die(): void;
}

const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Interrupt = (typeof interrupts)[number];

export type Paint = ReturnType<typeof colors.createColors>;
export const paint = ({ color }: Terminal): Paint => colors.createColors(color);
export const paintOut = ({ outColor }: Terminal): Paint => colors.createColors(outColor);

export function realTerminal(): Terminal {
  const { stdout, stderr, env, argv } = process;
  const forced = !['', '0', 'false'].includes(env.FORCE_COLOR ?? '');
  const plain = (env.NO_COLOR ?? '') !== '' || argv.includes('--no-color') || env.TERM === 'dumb';
  return {
    // Data in a pipe or a file is what it is; whoever looks at it on a terminal is safe.
    out: (text) => void stdout.write(stdout.isTTY ? terminalText(text) : text),
    err: (text) => void stderr.write(terminalText(text)),
    live: stderr.isTTY === true && env.TERM !== 'dumb',
    color: !plain && (stderr.isTTY === true || forced),
    outColor: !plain && (stdout.isTTY === true || forced),
    get width() {
      return stderr.columns ?? 100;
    },
    get outWidth() {
      return stdout.isTTY ? stdout.columns : undefined;
    },
    async input() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      return Buffer.concat(parts).toString('utf8');
    },
    onInterrupt(listen) {
      const heard = (signal: NodeJS.Signals): void => listen(interrupts.find((one) => one === signal));
      for (const signal of interrupts) process.on(signal, heard);
      return () => interrupts.forEach((signal) => process.off(signal, heard));
    },
    die() {
      process.removeAllListeners('SIGINT');
      process.kill(process.pid, 'SIGINT');
    },
  };
}
