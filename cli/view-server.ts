/**
 * What `ganc view` answers. In: a request; out: a page or a picture of the runs that are shown, or a refusal. It listens to this
 * machine alone, and answers only who knows its token, asks for it by this machine's own name (a name that a stranger's server
 * gives for it is refused: DNS rebinding) and comes from no other page. It reads, and there is nothing that it writes.
 */
import { timingSafeEqual } from 'node:crypto';
import { createReadStream, lstatSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { html } from '../compiler/targets/text/escape.ts';
import { filesOf } from '../page/media.ts';
import { pageHtml } from '../page/page.ts';
import { comparePage } from '../page/view-compare.ts';
import { viewDocument } from '../page/view-document.ts';
import type { Served } from '../page/view-document.ts';
import { fileAddress } from '../page/view-media.ts';
import { listPage, listRows } from '../page/view-list.ts';
import type { Runs, ViewedRun } from '../page/view-runs.ts';
import { differencesOf } from './view-difference.ts';

export interface Viewed {
  readonly runs: Runs;
  /** As they were named. */
  readonly folders: readonly string[];
  readonly token: string;
}

/** What every answer has. */
const headers = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

interface Refusal {
  readonly status: number;
  readonly why: string;
}

export function answer(viewed: Viewed, request: IncomingMessage, response: ServerResponse): void {
  const refused = refusal(request, viewed.token);
  if (refused !== null) return refuse(response, refused);
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = url.pathname.slice(`/${viewed.token}`.length);
    serve(viewed, path, url.searchParams, response, request.method === 'HEAD');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refuse(response, { status: 500, why: `this page could not be made: ${why}` });
  }
}

// ---------------------------------------------------------------- who is answered

function refusal({ method, headers: sent, url, socket }: IncomingMessage, token: string): Refusal | null {
  const port = socket.localPort;
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (sent.host === undefined || !hosts.includes(sent.host.toLowerCase()))
    return { status: 403, why: 'this server answers to 127.0.0.1 and localhost alone' };
  const { origin } = sent;
  if (origin !== undefined && origin !== `http://${sent.host.toLowerCase()}`)
    return { status: 403, why: 'this server answers no other pages' };
  const site = sent['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, why: 'this server answers no other pages' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, why: 'there is nothing to write here' };
  const [, given = ''] = /^\/([^/?#]*)(?:[/?#]|$)/.exec(url ?? '') ?? [];
  return equal(given, token) ? null : { status: 403, why: 'open the address that `ganc view` printed' };
}

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function refuse(response: ServerResponse, { status, why }: Refusal): void {
  const allow = status === 405 ? { Allow: 'GET, HEAD' } : {};
  response.writeHead(status, { ...headers, ...allow, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
}

// ---------------------------------------------------------------- what is answered

function serve(
  { runs, folders, token }: Viewed,
  path: string,
  query: URLSearchParams,
  response: ServerResponse,
  head: boolean,
): void {
  const send = (type: string, text: string, more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(200, { ...headers, ...more, 'Content-Type': `${type}; charset=utf-8` });
    response.end(head ? undefined : text);
  };
  const page = ({ text, policy }: Served): void =>
    send('text/html', text, { 'Content-Security-Policy': policy });
  if (path === '') {
    response.writeHead(301, { ...headers, Location: `/${token}/` });
    return void response.end();
  }
  if (path === '/') return page(listPage(runs.all(), folders, Date.now()));
  if (path === '/rows') return send('text/html', listRows(runs.all(), Date.now()));
  if (path === '/compare') return page(compared(runs, query));
  const [, id, file] = /^\/run\/([0-9a-f]+)\/(.*)$/s.exec(path) ?? [];
  const run = id === undefined ? undefined : runs.byId(id);
  // The page has a policy of its own inside it.
  if (run !== undefined && file === '') return send('text/html', reportOf(run));
  if (run !== undefined && sendMedium(run, file, response, head)) return;
  refuse(response, { status: 404, why: 'there is no such page' });
}

/** The run's own page as it is now; pictures and sounds are fetched from beside it. */
const reportOf = ({ facts, path }: ViewedRun): string => pageHtml(facts, { page: path, budget: 0 });

function compared(runs: Runs, query: URLSearchParams): Served {
  const ids = [...new Set(query.getAll('run'))];
  const chosen = ids.flatMap((id) => runs.byId(id) ?? []);
  if (chosen.length < 2) {
    const what =
      ids.length < 2 ? 'Choose two or more runs to compare.' : 'These runs are not there any more.';
    const back = '<p><a href="./">all runs</a></p>';
    return viewDocument('Compare runs', `<header><h1>${html(what)}</h1>${back}</header>`, false);
  }
  const address = `compare?${chosen.map(({ id }) => `run=${id}`).join('&')}`;
  return comparePage(chosen, differencesOf(chosen), query.get('each') === '1', address);
}

/** A file that the run's own lines name, in its own folders; false where there is none. */
function sendMedium(
  { facts, path }: ViewedRun,
  file: string,
  response: ServerResponse,
  head: boolean,
): boolean {
  const known = facts.lines.media.flatMap(filesOf).find((one) => fileAddress(one) === file);
  if (known === undefined) return false;
  const place = join(path, known);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return false;
  response.writeHead(200, {
    ...headers,
    'Content-Type': known.endsWith('.wav') ? 'audio/wav' : 'image/png',
    'Content-Length': found.size,
  });
  if (head) response.end();
  else
    createReadStream(place, { end: Math.max(0, found.size - 1) })
      .on('error', () => response.destroy())
      .pipe(response);
  return true;
}
