/** What each update does, in names: for those who read rather than look. In: an architecture; out: lists of its units. */
import type { Architecture, EdgeGradient } from '../compiler/architecture/architecture.ts';

export interface UpdateFacts {
  /** As written, on one line: `minimize generator_loss with adam(rate)`. */
  readonly text: string;
  readonly phase: string | null;
  /** Networks that it moves. */
  readonly learns: readonly string[];
  /** Networks that it computes and leaves as they are. */
  readonly uses: readonly string[];
  /** Fields of data and samples. */
  readonly reads: readonly string[];
  /** Where its gradient stops, or turns round: `G → D`, in the direction of the computation. */
  readonly stops: readonly string[];
  readonly reverses: readonly string[];
}

export function updateFacts({ units, edges, updates }: Architecture): UpdateFacts[] {
  const names = new Map(units.map(({ id, name }) => [id, name]));
  return updates.map(({ name, text, phase, learns }) => {
    const own = edges.filter(({ gradients }) => Object.hasOwn(gradients, name));
    const touched = new Set(own.flatMap(({ from, to }) => [from, to]));
    const of = (...kinds: readonly string[]): string[] =>
      units.filter((unit) => touched.has(unit.id) && kinds.includes(unit.kind)).map((unit) => unit.name);
    const where = (gradient: EdgeGradient): string[] =>
      own
        .filter(({ gradients }) => gradients[name] === gradient)
        .map(({ from, to }) => `${names.get(from) ?? from} → ${names.get(to) ?? to}`);
    return {
      text,
      phase,
      learns,
      uses: of('network').filter((network) => !learns.includes(network)),
      reads: of('field', 'sample'),
      stops: where('stopped'),
      reverses: where('reversed'),
    };
  });
}
