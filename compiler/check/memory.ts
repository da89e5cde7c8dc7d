/**
 * The one rule about a program instead of a spec: whether it fits into the machine, which is known before anything runs.
 * In: manifest, graphs and the machine's memory; out: nothing, or the diagnostic that names the network that needs most.
 */
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import { printBytes } from '../bytes.ts';
import { kinds } from '../errors.ts';
import type { Span } from '../../grammar/source.ts';
import type { Node } from '../ir/node.ts';
import type { Names } from '../bind/names.ts';
import type { Manifest } from '../../program/manifest.ts';
import { sizesBy } from '../ir/memory.ts';

interface Need {
  readonly state: number;
  readonly activations: number;
}

/** `memory` in bytes. State is held twice: the next one is written beside the one that is read. */
export function checkMemory(
  names: Names,
  manifest: Manifest,
  graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>,
  memory: number,
): Diagnostic[] {
  const { weights, optimizer, activations } = manifest.bytes;
  const state = 2 * (weights + optimizer);
  const total = state + activations;
  if (total <= memory) return [];
  const [name, most] = [...needs(names, manifest, graphs)].reduce((a, b) => (sum(b[1]) > sum(a[1]) ? b : a));
  return [
    diagnostic(kinds.memory, names.networks.get(name)!.declaration.name.span, {
      what: `training takes ${printBytes(total)}, and the machine has ${printBytes(memory)}: \`${name}\` needs most`,
      why: `Weights and optimizer state take ${printBytes(state)} (${printBytes(most.state)} in \`${name}\`), what a step computes ${printBytes(activations)} at its peak.`,
      hint:
        most.state > most.activations
          ? `Take fewer channels or smaller layers in \`${name}\`.`
          : `Take a smaller batch, or fewer channels in \`${name}\`.`,
    }),
  ];
}

const sum = ({ state, activations }: Need): number => state + activations;

/** Bytes of each network's state, and of everything that its layers compute in the steps. */
function needs(
  names: Names,
  manifest: Manifest,
  graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>,
): Map<string, Need> {
  const element = manifest.float === 'float32' ? 4 : 8;
  const steps = Object.entries(graphs).filter(([name]) => name.startsWith('step_'));
  const computed = steps.map(([, outputs]) =>
    sizesBy(Object.values(outputs), ({ origin }) => origin && networkHolding(names, origin)),
  );
  return new Map(
    [...names.networks.keys()].map((name) => {
      const own = manifest.state.filter(({ network }) => network === name);
      const numbers = own.reduce((all, { shape }) => all + shape.reduce((p, d) => p * d, 1), 0);
      const activations = Math.max(0, ...computed.map((sizes) => sizes.get(name) ?? 0));
      return [name, { state: 2 * element * numbers, activations: element * activations }];
    }),
  );
}

/** The network whose declaration a place lies in. */
export const networkHolding = (names: Names, place: Span): string | undefined =>
  [...names.networks.values()].find(({ declaration: { span } }) => holds(span, place))?.name;

const holds = (outer: Span, inner: Span): boolean =>
  outer.source === inner.source && outer.start <= inner.start && inner.end <= outer.end;
