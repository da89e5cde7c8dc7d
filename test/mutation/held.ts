/**
 * Quick test files that stay loaded in a process of a tree (inside.ts). In: the tests that come by a mistake; out: whether one
 * saw it. A mistake that ends in a loop, or that stays behind in what the process remembers, costs the process, which is
 * started again.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Seen } from './batches.ts';
import type { Answer, Asked, Ready } from './inside.ts';
import type { Part, Tree } from './tree.ts';

export interface Held {
  readonly files: ReadonlySet<string>;
  /** Whether the mistake may already have its say while files are loaded, where it is not looked for. */
  isEarly(id: string): boolean;
  fails(parts: readonly Part[], id: string): Promise<Seen>;
  end(): void;
}

/** Seconds that all held tests together may take for one mistake, beyond what they took to be covered. */
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

function start(tree: Tree, tried: 'tried' | 'untried', files: readonly string[]): ChildProcess {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const script = join(tree.switched, 'test/mutation/inside.ts');
  return fork(script, [tried, ...files], {
    cwd: tree.switched,
    execArgv: ['--import=tsx'],
    env,
    stdio: 'ignore',
  });
}

/** Which of these files pass twice in one process: a folder that the first run removed at its end is missed by the second. */
export async function repeatable(tree: Tree, files: readonly string[]): Promise<readonly string[]> {
  const child = start(tree, 'untried', files);
  const { repeatable } = (await next(child)) as Ready;
  child.kill('SIGKILL');
  return repeatable;
}

/** @param files the quickest first, all of them repeatable. */
export async function hold(tree: Tree, files: readonly string[]): Promise<Held> {
  let child = start(tree, 'tried', files);
  const { loaded } = (await next(child)) as Ready;
  const early = new Set(loaded);

  const again = async (): Promise<void> => {
    child.removeAllListeners();
    child.kill('SIGKILL');
    child = start(tree, 'tried', files);
    await next(child);
  };
  /** What the process says within its time; null where it says nothing, 'ended' where the mistake ends it. */
  const ask = async (parts: readonly Part[], id: string): Promise<Answer | 'ended' | null> => {
    const seconds = parts.reduce((sum, one) => sum + one.seconds, patience);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), 1000 * seconds);
    });
    child.send({ id, parts } satisfies Asked);
    const answer = await Promise.race([next(child).catch(() => 'ended' as const), late]);
    clearTimeout(timer);
    return answer as Answer | 'ended' | null;
  };

  return {
    files: new Set(files),
    isEarly: (id) => early.has(id),
    async fails(parts, id) {
      const by = parts.map(({ file }) => file);
      if (parts.length === 0) return { failed: false, late: false, by };
      const first = await ask(parts, id);
      if (first === null || first === 'ended') {
        await again();
        return { failed: true, late: first === null, by };
      }
      if (!first.failed || first.clean) return { failed: first.failed, late: false, by: first.by };
      // What this mistake, or one before it, left behind makes tests fail without it: only a new process can tell.
      await again();
      const second = await ask(parts, id);
      await again();
      const failed = second === null || second === 'ended' || second.failed;
      return { failed, late: second === null, by };
    },
    end: () => void child.kill('SIGKILL'),
  };
}
