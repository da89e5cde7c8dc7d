/**
 * Quick test files that stay loaded in a process of a tree (inside.ts). In: files and mistakes; out: of each whether a test
 * saw it. A mistake that ends in a loop costs the process, which is started again.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Asked, Ready } from './inside.ts';
import type { Covered, Tree } from './tree.ts';

export interface Held {
  readonly files: ReadonlySet<string>;
  /** Whether the mistake may already have its say while files are loaded, where it is not looked for. */
  isEarly(id: string): boolean;
  fails(id: string): Promise<{ readonly failed: boolean; readonly late: boolean; readonly files: string[] }>;
  end(): void;
}

/** Seconds that all held files together may take for one mistake, beyond what they took to be covered. */
const patience = 60;

const next = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });

function start(tree: Tree, files: readonly string[]): ChildProcess {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const script = join(tree.switched, 'test/mutation/inside.ts');
  return fork(script, files, { cwd: tree.switched, execArgv: ['--import=tsx'], env, stdio: 'ignore' });
}

/** @param covered the quickest first. */
export async function hold(tree: Tree, covered: readonly Covered[]): Promise<Held> {
  let child = start(
    tree,
    covered.map(({ file }) => file),
  );
  const { repeatable, loaded } = (await next(child)) as Ready;
  const held = covered.filter(({ file }) => repeatable.includes(file));
  const early = new Set(loaded);
  return {
    files: new Set(repeatable),
    isEarly: (id) => early.has(id),
    async fails(id) {
      const met = held.filter((one) => one.met.includes(id));
      const files = met.map(({ file }) => file);
      if (files.length === 0) return { failed: false, late: false, files };
      const seconds = met.reduce((sum, one) => sum + one.seconds, patience);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), 1000 * seconds);
      });
      child.send({ id, files } satisfies Asked);
      // A mistake that ends the process is seen, too.
      const answer = await Promise.race([next(child).catch(() => 'ended'), late]);
      clearTimeout(timer);
      if (answer !== null && answer !== 'ended')
        return { failed: (answer as Answer).failed, late: false, files };
      child.removeAllListeners();
      child.kill('SIGKILL');
      child = start(tree, repeatable);
      await next(child);
      return { failed: true, late: answer === null, files };
    },
    end: () => void child.kill('SIGKILL'),
  };
}
