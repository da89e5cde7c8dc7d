/**
 * How many rows a report's graph is given at once: fewer than usual where so many would hold more memory than a report may.
 * In: the graph's outputs; out: a number for the manifest. What a report says doesn't depend on it.
 */
import type { Node } from '../ir/node.ts';
import { usualRows } from '../../program/manifest.ts';
import { runOf } from '../ir/running.ts';

/** Bytes that a report's graph may hold: what a machine that trains has left. */
const mostHeld = 2 ** 30;

/** `element`: bytes of a number. Undefined where as many as usual are given. */
export function rowsAtOnce(outputs: Readonly<Record<string, Node>>, element: number): number | undefined {
  const held = (rows: number): number => {
    let [now, most] = [0, 0];
    const taken = new Map<Node | string, number>();
    for (const event of runOf(outputs, { N: rows }, element)) {
      if ('take' in event) taken.set(event.take, event.bytes);
      now += 'take' in event ? event.bytes : -(taken.get(event.give) ?? 0);
      most = Math.max(most, now);
    }
    return most;
  };
  let rows = usualRows;
  while (rows > 1 && held(rows) > mostHeld) rows /= 2;
  return rows === usualRows ? undefined : rows;
}
