/**
 * Rows that are read in a thread of their own, because an engine's step blocks the thread that calls it. In: opened
 * sources; out: promises of minibatches, in buffers that change hands instead of being copied. It pays where rows come
 * from the disk, are augmented or large; small ones that lie in memory are at hand anyway.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { Floats } from '../engines/engine.ts';
import type { AheadAnswer, AheadRequest, AheadStart, Reading } from './ahead-thread.ts';
import type { OpenSource, Recipe } from './source.ts';

export interface Ahead {
  /** Whether it reads this stream. */
  reads(stream: string): boolean;
  /** The minibatch; null where the thread can't read it, or is gone: then it is for the caller to read. */
  read(what: Reading): Promise<Floats | null>;
  /** Ends the thread, if it was ever started. What it was to read is null. */
  close(): Promise<void>;
}

/** null: no stream is worth a thread. It starts with the first minibatch that is asked for, and keeps no process alive. */
export function readAhead(opened: Readonly<Record<string, OpenSource>>): Ahead | null {
  const recipes = Object.fromEntries(
    Object.entries(opened).flatMap(([name, { recipe }]) => (recipe && pays(recipe) ? [[name, recipe]] : [])),
  );
  return Object.keys(recipes).length === 0 ? null : over(recipes);
}

/**
 * Bytes of a row in memory, beyond which making numbers of a minibatch takes a part of a step that counts: 21 in 50 ms for 32
 * pictures of 256 × 256 colours (bench/packed.ts), where 64 × 64 take less than two.
 */
const large = 2 ** 15;

function pays(recipe: Recipe): boolean {
  if (recipe.kind === 'moved') return true;
  if (recipe.kind === 'sounds') return recipe.stored.kind === 'pack';
  if (recipe.kind === 'converted') return pays(recipe.of);
  return Object.values(recipe.columns).some(
    ({ data }) => 'kind' in data && (data.kind === 'pack' || data.width >= large),
  );
}

function over(recipes: AheadStart): Ahead {
  const waiting = new Map<number, (data: Floats | null) => void>();
  let [worker, gone, last]: [Worker | null, boolean, number] = [null, false, 0];
  const lose = (): void => {
    gone = true;
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  };
  const start = (): Worker => {
    const made = new Worker(new URL('./ahead-entry.js', import.meta.url), {
      workerData: recipes,
      env: SHARE_ENV,
    });
    made.on('message', ({ id, data }: AheadAnswer) => {
      waiting.get(id)?.(data);
      if (waiting.delete(id) && waiting.size === 0) made.unref();
    });
    return made.on('error', lose).on('exit', lose);
  };
  return {
    reads: (stream) => Object.hasOwn(recipes, stream),
    read(what) {
      if (gone) return Promise.resolve(null);
      const thread = (worker ??= start());
      const id = last++;
      thread.ref();
      thread.postMessage({ ...what, id } satisfies AheadRequest, [what.into.buffer as ArrayBuffer]);
      return new Promise((answer) => waiting.set(id, answer));
    },
    async close() {
      lose();
      // Whoever waits for the end of a thread must be kept alive until it comes.
      worker?.ref();
      await worker?.terminate();
    },
  };
}
