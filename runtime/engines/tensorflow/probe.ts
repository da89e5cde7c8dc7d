/**
 * Questions whose answer may be a crash: a broken graphics driver, a library that does not load. Each is asked in a
 * process of its own with a time limit. In: a question; out: the answer, or why there is none.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answers, Question } from './answers.ts';

export type Answer<T> =
  { readonly ok: true; readonly found: T } | { readonly ok: false; readonly reason: string };

export interface ProbeOptions {
  /** The question's argument, if it has one. */
  readonly argument?: string;
  /** Seconds; a CUDA device may take 20 to wake up. */
  readonly limit?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Never throws; the child's own messages (drivers are talkative) are thrown away unless it fails. */
export function probe<Q extends Question>(
  question: Q,
  options: ProbeOptions = {},
): Promise<Answer<Answers[Q]>> {
  const { argument = '', limit = 60, env = process.env, signal } = options;
  const entry = fileURLToPath(new URL('./probe-entry.js', import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, question, argument], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: env as NodeJS.ProcessEnv,
      timeout: limit * 1000,
      killSignal: 'SIGKILL',
      signal,
    });
    let answer: Answer<Answers[Q]> | null = null;
    let said = '';
    child.on('message', (message) => (answer = message as Answer<Answers[Q]>));
    child.stderr!.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-4000)));
    child.on('error', (error) => resolve({ ok: false, reason: error.message }));
    child.on('close', (code, killedBy) =>
      resolve(answer ?? { ok: false, reason: silence(code, killedBy, limit, said) }),
    );
  });
}

function silence(code: number | null, killedBy: string | null, limit: number, said: string): string {
  const last = said.trim().split('\n').at(-1) ?? '';
  const words = last === '' ? '' : `; its last words: ${last.slice(0, 300)}`;
  if (killedBy === 'SIGKILL') return `no answer within ${limit} s${words}`;
  return killedBy === null
    ? `ended with code ${code} without an answer${words}`
    : `crashed (${killedBy})${words}`;
}
