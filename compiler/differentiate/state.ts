/** Where each tensor of the state stands while a step is made: an input at first, then what the last update left. */
import type { Builder } from '../ir/builder.ts';
import type { Node } from '../ir/node.ts';

export class StateNodes {
  private readonly b: Builder;
  private readonly now = new Map<string, Node>();
  private readonly before = new Map<string, Node>();

  constructor(b: Builder) {
    this.b = b;
  }

  /** Its node now; made as an input when it is first asked for. */
  get(name: string, shape: readonly number[]): Node {
    const known = this.now.get(name);
    if (known !== undefined) return known;
    const node = this.b.input(name, shape);
    this.now.set(name, node);
    this.before.set(name, node);
    return node;
  }

  /** Its node now, if it has been asked for. */
  known(name: string): Node | undefined {
    return this.now.get(name);
  }

  set(name: string, node: Node): void {
    this.now.set(name, node);
  }

  /** All nodes that stand for state now: constants to every gradient but their own. */
  current(): Set<Node> {
    return new Set(this.now.values());
  }

  /** What has changed since the step began. */
  changed(): [string, Node][] {
    return [...this.now].filter(([name, node]) => this.before.get(name) !== node);
  }
}
