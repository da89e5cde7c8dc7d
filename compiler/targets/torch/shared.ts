/**
 * What updates of a step compute alike: what a network gives for the same arguments and weights, as a GAN's fakes for both
 * players. In: a step's statements with the outlines of their updates; out: functions that compute such values once, before
 * the first update that reads them. A derivative of the last one may pass through them; the others read them detached. What all
 * rounds of a `repeat … fresh: false` compute alike is computed in the first.
 *
 * Nothing is shared that is written in between, or that a derivative within an update is taken by or of.
 */
import { bodiesIn } from '../../ir/attributes.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { printNode } from '../../ir/print.ts';
import { isStateLeaf } from '../../leaves.ts';
import type { LoweredScope, LoweredStatement, LoweredStep } from '../../lower/lowered.ts';
import { functionText, indented } from './layout.ts';
import type { Program } from './module.ts';
import { part, programNames, quoted } from './names.ts';
import { staysOverRounds, writtenBy } from './over-rounds.ts';
import { outlineOf } from './rows.ts';
import { agreedIn, rootsOf, scopesOf, trainedBy, type Given, type OutlinedUpdate } from './updates.ts';
import { inNumbers, plain, whole } from './value.ts';

/** Values that the same updates read. */
export interface Shared {
  readonly name: string;
  /** Before this statement of its step. */
  readonly before: LoweredStatement;
  readonly users: readonly OutlinedUpdate[];
  /** Whose nodes are printed: the one whose derivative passes through them, if any. */
  readonly printed: OutlinedUpdate;
  readonly learns: boolean;
  /** Rounds after the first read what it gave in that. */
  readonly kept: boolean;
  readonly values: ReadonlyMap<string, Node>;
}

/** A step with the scope whose rounds it is in, if any. */
interface Place {
  readonly step: LoweredStep;
  readonly rounds: LoweredScope | undefined;
}

/** What the updates of a program share, by step, and what each update is given. */
export class Sharing {
  readonly byStep = new Map<string, Shared[]>();
  private readonly given = new Map<string, Given[]>();
  private readonly names = programNames();
  private count = 0;

  constructor(
    steps: readonly LoweredStep[],
    rounds: ReadonlyMap<LoweredStep, LoweredScope>,
    updates: ReadonlyMap<string, OutlinedUpdate>,
  ) {
    for (const step of steps)
      this.byStep.set(step.name, this.ofStep({ step, rounds: rounds.get(step) }, updates));
  }

  givenTo(update: string): readonly Given[] {
    return this.given.get(update) ?? [];
  }

  private ofStep(place: Place, updates: ReadonlyMap<string, OutlinedUpdate>): Shared[] {
    const groups = new Map<string, Use[][]>();
    for (const uses of sharedIn(place, updates)) {
      const users = usersOf(place, uses);
      groups.set(users, [...(groups.get(users) ?? []), uses]);
    }
    return [...groups.values()].map((values) => this.group(values, isKept(place, values[0])));
  }

  /** Values of the same updates, with the same one that learns through them. */
  private group(values: readonly Use[][], kept: boolean): Shared {
    const [first] = values;
    const learner = first.findIndex(learns);
    const printed = first[Math.max(0, learner)].update;
    const made = new Map<string, Node>();
    for (const uses of values) {
      const { node, called } = uses[Math.max(0, learner)];
      const key = this.names.take(printed.forward.builder.names.get(node) ?? called);
      made.set(key, node);
      for (const use of uses) {
        const { name } = use.update.forward.update;
        const detached = learner >= 0 && use.update !== printed;
        this.given.set(name, [...this.givenTo(name), { node: use.node, key, detached }]);
      }
    }
    return {
      name: `shared_${++this.count}`,
      before: first[0].statement,
      users: first.map(({ update }) => update),
      ...{ printed, learns: learner >= 0, kept, values: made },
    };
  }
}

// ---------------------------------------------------------------- what is alike

interface Use {
  readonly update: OutlinedUpdate;
  readonly statement: LoweredStatement;
  readonly node: Node;
  readonly called: string;
  /** All that the update reads of the call. */
  readonly siblings: readonly Node[];
  /** The reductions that it is made of on which ranks agree. */
  readonly agreed: string;
}

const learns = ({ update, node }: Use): boolean => trainedBy(update).has(node);

/** Of each value that a network gives, by what it is, the updates that ask for it, in order. */
function usesIn(step: LoweredStep, updates: ReadonlyMap<string, OutlinedUpdate>): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  const ids = new Map<string, string>();
  for (const statement of step.statements)
    for (const {
      update: { name },
    } of statement.kind === 'updates' ? statement.updates : []) {
      const update = updates.get(name)!;
      const keys = new Map<Node, string>();
      // Of idioms the outline has the last node alone: what a mean is of is not among them.
      for (const node of reachable(update.outline.all())) keys.set(node, keyOf(node, keys, ids));
      const agreed = agreedIn(update.forward);
      for (const { node, called, siblings } of resultsIn(update)) {
        const key = keys.get(node)!;
        const together = reachable([node]).filter((one) => agreed.has(one));
        const own = {
          update,
          statement,
          node,
          called,
          siblings,
          agreed: together
            .map((one) => keys.get(one))
            .sort()
            .join(),
        };
        uses.set(key, [...(uses.get(key) ?? []), own]);
      }
    }
  return uses;
}

/** The same text for nodes that compute the same from the same leaves, whoever made them. */
function keyOf(node: Node, inputs: ReadonlyMap<Node, string>, ids: Map<string, string>): string {
  const values = node.op === 'constant' ? JSON.stringify([...node.attrs.values]) : '';
  // Bodies are not compared.
  const own = bodiesIn(node.attrs).length > 0 ? ` ${ids.size}` : '';
  const text = `${printNode(node, inputs).join('\n')}${values}${own}`;
  const id = ids.get(text) ?? `%${ids.size}`;
  ids.set(text, id);
  return id;
}

/** What networks give to the update that calls them by itself. */
function resultsIn({ outline }: OutlinedUpdate): Pick<Use, 'node' | 'called' | 'siblings'>[] {
  return outline.all().flatMap((node) => {
    const call = outline.call(node, undefined);
    if (call?.kind !== 'network' || !outline.isNeeded(node, call, undefined)) return [];
    const called = call.results?.get(node);
    const siblings = outline.gives(call).filter((one) => outline.isNeeded(one, call, undefined));
    return called === undefined ? [] : [{ node, called, siblings }];
  });
}

/**
 * The values that updates share. All that an update reads of a call is shared with the same others, or nothing of it: it
 * would make the call anyway, and its batch statistics would count twice.
 */
function sharedIn(place: Place, updates: ReadonlyMap<string, OutlinedUpdate>): Use[][] {
  let found = [...usesIn(place.step, updates).values()].filter((uses) => isShareable(place, uses));
  for (;;) {
    const users = new Map(found.flatMap((uses) => uses.map(({ node }) => [node, usersOf(place, uses)])));
    const nodes = new Set(users.keys());
    // What is read by other shared values alone is computed with them.
    const isOne = (use: Use): boolean =>
      isRead(use, nodes) && use.siblings.every((node) => users.get(node) === users.get(use.node));
    found = found.map((uses) => uses.filter(isOne)).filter((uses) => isShareable(place, uses));
    if (found.flat().length === nodes.size) return found;
  }
}

const usersOf = (place: Place, uses: readonly Use[]): string =>
  [
    ...uses.map((use) => `${use.update.forward.update.name} ${String(learns(use))}`),
    isKept(place, uses),
  ].join();

/** Whether the update reads the value other than through others of these. */
const isRead = ({ update: { forward }, node }: Use, shared: ReadonlySet<Node>): boolean =>
  reachable(rootsOf(forward), (one) => shared.has(one)).includes(node);

// ---------------------------------------------------------------- where the meaning allows it

function isShareable(place: Place, uses: readonly Use[]): boolean {
  const { step } = place;
  const names = new Set(uses.map(({ update }) => update));
  if (names.size < uses.length || (names.size < 2 && !isKept(place, uses))) return false;
  const takers = uses.filter(learns);
  if (
    takers.length > 1 ||
    takers.some((one) => one !== uses.at(-1) && one.statement !== uses.at(-1)!.statement)
  )
    return false;
  if (!uses.every(isPlain) || uses.some(({ agreed }) => agreed !== uses[0].agreed)) return false;
  const read = reachable([uses[0].node])
    .filter(isStateLeaf)
    .map(({ attrs }) => attrs.name);
  const between = step.statements.slice(
    step.statements.indexOf(uses[0].statement),
    step.statements.indexOf(uses.at(-1)!.statement),
  );
  const written = between.map(writtenBy);
  return !read.some((name) => written.some((isWritten) => isWritten(name)));
}

/** Whether nothing but the value itself is asked for of what it is made of. */
function isPlain({ update, node }: Use): boolean {
  const { forward, outline } = update;
  const { builder, moved } = forward;
  const below = reachable([node]);
  return moved.size === 0 && below.every((one) => !builder.gradients.has(one) && !outline.isVaried(one));
}

/** Whether what the first round computes is what the others would. */
const isKept = ({ rounds }: Place, uses: readonly Use[]): boolean =>
  rounds !== undefined &&
  !uses.some(learns) &&
  uses.every(({ update, node }) => staysOverRounds(node, update.forward, rounds));

// ---------------------------------------------------------------- text

/** `shared`: the text of its function. */
export function sharedFunction(
  program: Program,
  { name, users, printed, learns, kept, values }: Shared,
): string {
  const { forward } = printed;
  const outline = outlineOf([...values.values()], forward.builder.gradients);
  const { outer, inner, trained } = scopesOf(program, forward, outline);
  const valueOf = (node: Node): string => {
    const scope = trained.has(node) ? inner : outer;
    return plain(inNumbers(whole(scope, node, scope.value(node))));
  };
  const given = [...values].map(([key, node]) => `${quoted(key)}: ${valueOf(node)},`);
  const networks = forward.update.networks.map((network) => `networks${part(network)}`).join(', ');
  const quiet = outer.lines.length > 0 ? [`with torch.no_grad():\n${indented(outer.lines)}`] : [];
  const lines = [
    ...(learns ? [`ops.trained(${networks})`, ...quiet, ...inner.lines] : [...outer.lines, ...inner.lines]),
    `return {\n${indented(given)}\n}`,
  ];
  const readers = users.map((user) => user.forward.update.name).join(' and ');
  const text = functionText(
    name,
    ['networks', 'batch', 'draws', 'at'],
    `What ${readers} ${users.length === 1 ? 'reads' : 'read'}, computed ${kept ? 'in the first round' : 'once'}.`,
    lines,
  );
  return learns ? text : `@torch.no_grad()\n${text}`;
}
