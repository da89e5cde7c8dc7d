/**
 * What happens to a weight or statistic as a small graph by itself, for targets whose engines differentiate by themselves:
 * inputs by name, one element after the other.
 */
import type { InputOrigin } from '../../program/manifest.ts';
import { scalarNode } from '../evaluate/feeds.ts';
import { Builder } from '../ir/builder.ts';
import { symbol } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { UpdateInfo } from '../model.ts';
import type { HostExpr } from '../../program/host.ts';
import { averaged, clippedByValue, optimizerScalars, running, stepWeight, type Making } from './apply.ts';

const newMaking = (): Making => ({ b: new Builder(), origins: new Map<string, InputOrigin>() });
const input = (b: Builder, name: string): Node => b.input(name, [symbol('E')]);

/** What an optimizer does to one weight: `weight`, `gradient`, its slots, `factor` (what clipping by norm multiplies by) → next. */
export interface RuleGraph {
  readonly inputs: readonly string[];
  readonly slots: readonly string[];
  readonly outputs: Readonly<Record<string, Node>>;
  /** Names of the scalars that the host feeds, by the optimizer's own names. */
  readonly scalars: ReadonlyMap<string, string>;
  readonly origins: ReadonlyMap<string, InputOrigin>;
  /** `clip_norm`: a number or the scalar that is fed; null where nobody asks. */
  readonly clipNorm: Node | null;
}

export function ruleGraph(update: UpdateInfo, decay: boolean): RuleGraph {
  const making = newMaking();
  const { b, origins } = making;
  const { rule, args } = update.optimizer;
  const slots = rule.slots(args);
  const [weight, gradient] = [input(b, 'weight'), input(b, 'gradient')];
  const clipNorm =
    args.clip_norm === null || args.clip_norm === undefined
      ? null
      : scalarNode(making, args.clip_norm as HostExpr);
  const limited = clippedByValue(making, update, gradient);
  const clipped = clipNorm === null ? limited : b.mul(limited, b.input('factor', []));
  const slotNodes = Object.fromEntries(slots.map((slot) => [slot, input(b, slot)]));
  const scalars = optimizerScalars(making, update);
  const after = stepWeight(making, update, { weight, gradient: clipped, slots: slotNodes, scalars, decay });
  return {
    ...{ slots, origins, clipNorm },
    inputs: ['weight', 'gradient', ...slots, ...(clipNorm === null ? [] : ['factor'])],
    outputs: { weight: after.weight, ...after.slots },
    scalars: new Map(
      Object.entries(scalars).flatMap(([name, node]) =>
        node.op === 'input' ? [[node.attrs.name, name] as const] : [],
      ),
    ),
  };
}

/** `gradient` → `clipped`, by `clip_gradients`: what the norm is taken of. */
export function clipGraph(update: UpdateInfo): { gradient: Node; clipped: Node } {
  const making = newMaking();
  const gradient = input(making.b, 'gradient');
  return { gradient, clipped: clippedByValue(making, update, gradient) };
}

/** `before`, `batch` → a running statistic. */
export function runningGraph(): Node {
  const b = new Builder();
  return running(b, input(b, 'before'), input(b, 'batch'));
}

/** `before`, `current`, `decay` → an average. */
export function averageGraph(): Node {
  const b = new Builder();
  return averaged(b, input(b, 'before'), input(b, 'current'), b.input('decay', []));
}
