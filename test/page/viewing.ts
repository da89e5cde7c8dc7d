/** `ganc view` for tests: the command in this process, and what its server answers to whom. */
import { request } from 'node:http';
import type { Terminal } from '../../cli/terminal.ts';
import type { shell } from '../cli/shell.ts';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly text: string;
}

/** Headers as they are given: `fetch` would not let a page name another host. */
export function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request(url, { headers, method }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const body = Buffer.concat(parts);
        done({ status: response.statusCode!, headers: response.headers, body, text: body.toString() });
      });
    });
    sent.on('error', fail);
    sent.end();
  });
}

export interface Viewing {
  readonly url: string;
  end(): Promise<number>;
}

type Command = ReturnType<typeof shell>['run'];

/** The command in this process, until `end`, which is Ctrl-C. */
export const viewingBy =
  (run: Command) =>
  async (...args: readonly string[]): Promise<Viewing> => {
    let stop = (): void => undefined;
    let told = (_url: string): void => undefined;
    const address = new Promise<string>((done) => (told = done));
    const around: Partial<Terminal> = {
      out: (text) => told(text.trim()),
      onInterrupt(listen) {
        stop = listen;
        return () => undefined;
      },
    };
    const ended = run(['view', ...args, '--no-open'], around);
    const url = await address;
    return {
      url,
      end: () => {
        stop();
        return ended.then(({ code }) => code);
      },
    };
  };

export const ids = (rows: string): string[] =>
  [...rows.matchAll(/name="run" value="([0-9a-f]+)"/g)].map(([, id]) => id);
