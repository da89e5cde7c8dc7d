/** `ganc view [DIR...]`: a page over runs, for this machine's own browser, until Ctrl-C. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { runsIn } from '../page/view-runs.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { answer } from './view-server.ts';

export interface ViewOptions {
  /** Undefined: any that is free. */
  readonly port?: number;
  readonly open: boolean;
  readonly quiet: boolean;
}

export async function view(
  given: readonly string[],
  { port, open, quiet }: ViewOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const folders = given.length === 0 ? ['runs'] : given;
  const token = randomBytes(18).toString('base64url');
  const runs = runsIn(folders.flatMap((folder) => placeOf(folder, given.length === 0)));
  const viewed = { runs, folders, token };
  const server = createServer((request, response) => answer(viewed, request, response));
  const used = await listening(server, port ?? 0);
  const address = `http://127.0.0.1:${used}/${token}/`;
  terminal.out(`${address}\n`);
  if (!quiet) terminal.err('runs are shown at this address, to this machine alone; Ctrl-C ends it\n');
  if (open && terminal.live) openBrowser(address);
  await new Promise<void>((done) => {
    const forget = terminal.onInterrupt(() => {
      forget();
      server.close(() => done());
      server.closeAllConnections();
    });
  });
  return exitCodes.fine;
}

/** The folder itself, also where a link was named; `runs` may come into being later. */
function placeOf(folder: string, assumed: boolean): string[] {
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory())
      return [lstatSync(folder).isSymbolicLink() ? realpathSync(folder) : folder];
    throw new Exit(exitCodes.usage, `${folder} is no folder: name a run directory, or a folder of them`);
  }
  if (assumed) return [folder];
  throw new Exit(exitCodes.usage, `${folder} does not exist: name a run directory, or a folder of them`);
}

/** The port that it got. Throws Exit where the port is taken. */
function listening(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `port ${port} is in use: choose another --port, or leave it out for a free one`
          : `port ${port} can't be listened to: ${error.message}`;
      fail(new Exit(exitCodes.usage, why));
    });
    server.listen(port, '127.0.0.1', () => {
      const found = server.address();
      done(typeof found === 'object' && found !== null ? found.port : port);
    });
  });
}

/** Where there is none, the address is printed all the same. */
function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
