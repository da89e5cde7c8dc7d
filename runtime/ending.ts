/**
 * What has to be done when the process ends, whichever way: by itself, by process.exit, or by a signal that nobody else
 * listens to, which would end it in the middle. In: the work; out: a call that takes it back. Nothing helps against kill -9.
 */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const works = new Set<() => void>();

/** `work` is done at the process's end, unless the function that comes back was called. */
export function atEnd(work: () => void): () => void {
  if (works.size === 0) listen();
  works.add(work);
  return () => {
    if (works.delete(work) && works.size === 0) unlisten();
  };
}

// One listener for all of them: a program that calls commands again and again would gather them.
function listen(): void {
  process.on('exit', endAll);
  for (const signal of signals) process.on(signal, hear);
}

function unlisten(): void {
  process.off('exit', endAll);
  for (const signal of signals) process.off(signal, hear);
}

function endAll(): void {
  for (const work of works) work();
  works.clear();
}

/** Whoever else listens decides what becomes of the process: a run stops with a checkpoint. */
function hear(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  endAll();
  unlisten();
  process.kill(process.pid, signal);
}
