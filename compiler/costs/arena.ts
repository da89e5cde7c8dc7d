/**
 * What stays resident of onnxruntime's arena once a graph has run. In: what the graph takes and gives back, in order;
 * out: bytes. Each session has an arena of its own that never shrinks (onnxruntime, core/framework/bfc_arena.cc): it
 * grows by regions, each at least twice the last; a value takes the smallest free piece that holds it, of which the rest is
 * free if that is as large again. The first run takes values one by one; from the second on a run with rows of the
 * same number takes one block for all. Memory that no value was ever written to is not resident.
 */
import type { MemoryEvent } from '../ir/running.ts';

interface Piece {
  readonly from: number;
  readonly size: number;
  free: boolean;
}

/** Pieces in order, neighbours that are free joined; how far it was written, and where not. */
interface Region {
  readonly pieces: Piece[];
  written: (readonly [from: number, to: number])[];
}

const rounded = (bytes: number): number => 256 * Math.max(1, Math.ceil(bytes / 256));
/** Of a free piece that is not split: how much at most goes unused. */
const mostUnused = 2 ** 27;
const [firstRegion, largestDoubled] = [2 ** 20, 2 ** 30];

/** `again`: whether the graph runs more than once with rows of the same number. */
export function residentBytes<K>(run: readonly MemoryEvent<K>[], again: boolean): number {
  const arena = new Arena<K | symbol>();
  let [held, most] = [0, 0];
  const sizes = new Map<K, number>();
  for (const event of run) {
    if ('take' in event) {
      arena.take(event.take, event.bytes);
      sizes.set(event.take, event.bytes);
      held += event.bytes;
      most = Math.max(most, held);
    } else {
      arena.give(event.give);
      held -= sizes.get(event.give) ?? 0;
      sizes.delete(event.give);
    }
  }
  for (const left of sizes.keys()) arena.give(left);
  if (again) arena.take(Symbol('block'), most);
  return arena.resident();
}

class Arena<K> {
  private readonly regions: Region[] = [];
  private readonly places = new Map<K, readonly [Region, Piece]>();
  private next = firstRegion;

  take(key: K, bytes: number): void {
    if (bytes === 0) return;
    const size = rounded(bytes);
    const [region, found] = this.smallest(size) ?? this.extended(size);
    const split = found.size >= 2 * size || found.size - size >= mostUnused;
    const piece: Piece = { from: found.from, size: split ? size : found.size, free: false };
    const rest = { from: found.from + size, size: found.size - size, free: true };
    region.pieces.splice(region.pieces.indexOf(found), 1, piece, ...(split ? [rest] : []));
    region.written.push([piece.from, piece.from + bytes]);
    this.places.set(key, [region, piece]);
  }

  give(key: K): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    this.places.delete(key);
    const [region, piece] = place;
    const { pieces } = region;
    let at = pieces.indexOf(piece);
    piece.free = true;
    if (pieces[at + 1]?.free) pieces.splice(at, 2, joined(pieces[at], pieces[at + 1]));
    if (pieces[at - 1]?.free) pieces.splice(--at, 2, joined(pieces[at], pieces[at + 1]));
    region.written = union(region.written);
  }

  resident(): number {
    const written = this.regions.flatMap((region) => union(region.written));
    return written.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  private smallest(size: number): readonly [Region, Piece] | null {
    let best: readonly [Region, Piece] | null = null;
    for (const region of this.regions)
      for (const piece of region.pieces)
        if (piece.free && piece.size >= size && (best === null || piece.size < best[1].size))
          best = [region, piece];
    return best;
  }

  private extended(size: number): readonly [Region, Piece] {
    const grown = this.next < size;
    while (this.next < size) this.next *= 2;
    const piece = { from: 0, size: this.next, free: true };
    const region = { pieces: [piece], written: [] };
    this.regions.push(region);
    if (!grown && this.next < largestDoubled) this.next *= 2;
    return [region, piece];
  }
}

const joined = (a: Piece, b: Piece): Piece => ({ from: a.from, size: a.size + b.size, free: true });

function union(parts: readonly (readonly [number, number])[]): [number, number][] {
  const whole: [number, number][] = [];
  for (const [from, to] of [...parts].sort(([a], [b]) => a - b)) {
    const last = whole.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else whole.push([from, to]);
  }
  return whole;
}
