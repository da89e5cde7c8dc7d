/** A program that answers each line of its standard input with a line of JSON: started here, asked, ended. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Peer {
  readonly name: string;
  /** Rejects with what the program said last if it ends instead of answering. */
  ask<Answer>(line: string): Promise<Answer>;
  close(): void;
}

/** Options of a program that opens a spec by one of its profiles, or by its defaults. */
export const profileOptions = (profile: string | undefined): string[] =>
  profile === undefined ? [] : ['--profile', profile];

export function startPeer(name: string, command: string, args: readonly string[]): Peer {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
  child.on('error', (error) => (complaint += error.message));
  // A dead program's pipe: what it said is reported by the next question.
  child.stdin.on('error', () => undefined);
  return {
    name,
    async ask<Answer>(line: string): Promise<Answer> {
      child.stdin.write(`${line}\n`);
      const { value, done } = (await lines.next()) as { value: string; done: boolean };
      if (done) throw new Error(`${name} ended at \`${line}\`: ${complaint.trim()}`);
      const answer = JSON.parse(value) as Answer & { error?: string };
      if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
      return answer;
    },
    close: () => child.stdin.end(),
  };
}
