/**
 * Rows of a source that are records of one size: held in memory, or in a pack on the disk (pack.ts) where they are too
 * many or one is there. In: how a record is made; out: the records. Every source that decodes its rows reads them so.
 */
import { anyPacks, isPacked, makePack, mostHeld, openPack, requireAll } from './pack.ts';
import type { PackPlan, Records, Stored } from './pack.ts';
import type { Packing } from './source.ts';

/** Whether the rows are more than may be held in memory. */
export const isLarge = ({ count, width }: Pick<PackPlan, 'count' | 'width'>): boolean =>
  count * width > mostHeld();

/** Bytes that Node reads or unpacks at once. */
const atOnce = 2 ** 31 - 1;

/** Whether the rows are held, and so few that they need not come in parts. */
export const areReadAtOnce = (plan: PackPlan): boolean => isHeld(plan) && plan.count * plan.width <= atOnce;

/** Whether the rows lie in memory: they fit, and nobody has packed them. */
const isHeld = (plan: PackPlan): boolean =>
  // Whether a pack is there is told by the plan's key, a hash of all files: it is worth reckoning only where any is.
  !isLarge(plan) && !(anyPacks() && isPacked(plan.key));

/** The records of the plan: in memory, or in a pack where they are too large or one is there. */
export async function recordsOf(plan: PackPlan): Promise<Records> {
  if (isHeld(plan)) return held(plan);
  await makePack(plan);
  return openPack(plan);
}

/** What a Source's `pack` does with its plan; null: there are no such files. */
export async function packRecords(
  plan: PackPlan | null,
  { always, watch }: Packing,
): Promise<{ readonly bytes: number } | null> {
  if (plan === null || !(always || isLarge(plan))) return null;
  await makePack(plan, watch);
  return { bytes: plan.count * plan.width };
}

/** All records, one behind the other. */
async function held(plan: PackPlan): Promise<Records> {
  const { count, width } = plan;
  // Shared, so that a thread that reads ahead (ahead.ts) has no copy of its own.
  const data = new Uint8Array(new SharedArrayBuffer(count * width));
  let at = 0;
  for await (const bytes of plan.parts()) {
    if (at + bytes.length <= data.length) data.set(bytes, at);
    at += bytes.length;
  }
  requireAll(plan, at);
  return openRecords({ kind: 'held', bytes: data, count, width });
}

/** The records that are stored so: those of another thread, or one's own. */
export function openRecords(stored: Stored): Records {
  if (stored.kind === 'pack') return openPack(stored);
  const { bytes, count, width } = stored;
  return {
    stored,
    count,
    width,
    record: (row, from, to) => bytes.subarray(row * width + from, row * width + to),
  };
}
