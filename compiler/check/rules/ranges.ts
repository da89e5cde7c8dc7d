/** A network that sees the same parameter in two ranges can tell its inputs apart by the range alone. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import { sameBounds } from '../../bind/types.ts';
import { kinds } from '../../errors.ts';
import type { Bounds } from '../../types.ts';
import type { Placed, Value } from '../../values.ts';
import type { Reporter } from '../../bind/reporter.ts';

/** Collects the ranges that each parameter of each network saw, then tells of those that differ. */
export class RangeRule {
  private readonly seen = new Map<string, { range: Bounds; span: Span }>();
  private readonly said = new Set<string>();
  private readonly report: Reporter;

  constructor(report: Reporter) {
    this.report = report;
  }

  called(network: string, parameters: ReadonlyMap<string, Placed<Value>>): void {
    for (const [parameter, { value, span }] of parameters) {
      if (value.sort !== 'tensor' || value.type.range === null) continue;
      const key = `${network}.${parameter}`;
      const first = this.seen.get(key);
      if (first === undefined) this.seen.set(key, { range: value.type.range, span });
      else if (!sameBounds(first.range, value.type.range) && !this.said.has(key)) {
        this.said.add(key);
        const show = (range: Bounds): string => `[${range.join(', ')}]`;
        this.report.say(
          diagnostic(kinds.range, span, {
            what: `\`${parameter}\` of \`${network}\` is in ${show(value.type.range)} here and in ${show(first.range)} elsewhere`,
            why: 'The network could tell the two apart by their range alone.',
            hint: `Convert the data (\`data … in ${show(value.type.range)}\`) or end the generator with the matching activation.`,
            labels: [{ span: first.span, text: `in ${show(first.range)}` }],
          }),
        );
      }
    }
  }
}
