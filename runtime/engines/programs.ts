/** Other people's programs that the setup needs: finds them, runs them. In: names; out: what they said. */
import { spawn } from 'node:child_process';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Running {
  readonly env: Environment;
  /** Aborted: the program is ended, and the call rejects with an AbortError. */
  readonly signal?: AbortSignal;
}

export interface Ran {
  /** Null if it could not be started, or was killed. */
  readonly code: number | null;
  /** Both outputs as they came, the last 100,000 characters. */
  readonly said: string;
}

/** Runs a program to its end; rejects only when aborted. */
export function runProgram([command, ...args]: readonly string[], { env, signal }: Running): Promise<Ran> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: env as NodeJS.ProcessEnv,
      signal,
    });
    let said = '';
    const hear = (text: Buffer): void => void (said = (said + text.toString()).slice(-100_000));
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.on('error', (error) => {
      // An aborted one is waited for: it may still be writing where the caller tidies up.
      if (error.name !== 'AbortError') resolve({ code: null, said: error.message });
    });
    child.on('close', (code) => (signal?.aborted ? reject(signal.reason as Error) : resolve({ code, said })));
  });
}

/** The first of these commands that answers to --version; null if none does. */
export async function findProgram(
  commands: readonly (readonly string[])[],
  running: Running,
): Promise<{ readonly command: readonly string[]; readonly version: string } | null> {
  for (const command of commands) {
    const { code, said } = await runProgram([...command, '--version'], running);
    if (code === 0) return { command, version: said.split('\n')[0].trim() };
  }
  return null;
}

/** What a program that failed most likely means: its lines with "error", else its last ones. */
export function complaint(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  return (errors.length > 0 ? errors.slice(0, 3) : lines.slice(-3)).join('\n  ').slice(0, 1000);
}
