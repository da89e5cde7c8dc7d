/**
 * A spec of an earlier version in, the same spec in today's words out. Only the words themselves change: comments,
 * spaces and line ends stay as they are. The words are in renamed.ts.
 */
import type { CallExpr, Expr, FieldExpr, Node, Spec } from './ast.ts';
import type { Diagnostic } from './diagnostics.ts';
import { parse } from './parse.ts';
import { renamedGameFields, renamedOptimizerArguments } from './renamed.ts';
import { textOf, type Source, type Span } from './source.ts';

/** One word that was replaced: where it stood in the text before, and what stands there now. */
export interface Renaming {
  readonly span: Span;
  readonly to: string;
}

/** `text` is missing when the spec has syntax errors. */
export function upgrade(source: Source): { text?: string; renamings: Renaming[]; diagnostics: Diagnostic[] } {
  const { spec, diagnostics } = parse(source);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { renamings: [], diagnostics };
  const renamings = renamingsIn(spec);
  return { text: applied(source.text, renamings), renamings, diagnostics };
}

function applied(text: string, renamings: readonly Renaming[]): string {
  const fromTheEnd = [...renamings].sort((a, b) => b.span.start - a.span.start);
  return fromTheEnd.reduce(
    (rest, { span, to }) => rest.slice(0, span.start) + to + rest.slice(span.end),
    text,
  );
}

function renamingsIn(spec: Spec): Renaming[] {
  const games = new Games(spec);
  const found: Renaming[] = [];
  const visit = (node: Node, parent?: Node): void => {
    if (node.kind === 'Field' && games.holds(node)) found.push(renamedField(node, parent));
    else partsOf(node).forEach((part) => void visit(part, node));
    const optimizer = optimizerIn(node);
    if (optimizer?.kind === 'Call') found.push(...renamedArguments(optimizer));
  };
  visit(spec);
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** Where the node names an optimizer's rule. */
function optimizerIn(node: Node): Expr | undefined {
  if (node.kind === 'Update') return node.optimizer;
  return node.kind === 'Optimizer' ? node.value : undefined;
}

// ---------------------------------------------------------------- fields of games

function renamedField(field: FieldExpr, parent: Node | undefined): Renaming {
  const names = renamedGameFields[field.field.name];
  if (names.length === 1) return { span: field.field.span, to: names[0] };
  const object = textOf(field.object.span);
  const sum = names.map((name) => `${object}.${name}`).join(' + ');
  return { span: field.span, to: parent !== undefined && isOperand.has(parent.kind) ? `(${sum})` : sum };
}

/** What binds tighter than a sum, or would add it up in another order. */
const isOperand: ReadonlySet<Node['kind']> = new Set([
  'Binary',
  'Unary',
  'Pipe',
  'Field',
  'Index',
  'Slice',
  'Call',
]);

/** What a file says about which of its names are games. */
class Games {
  /** Expressions by the name that a let or fn gives them; scopes are not told apart. */
  private readonly values = new Map<string, Expr[]>();
  /** Every other declared name: no game. */
  private readonly others = new Set<string>();

  constructor(spec: Spec) {
    const visit = (node: Node): void => {
      if (node.kind === 'Let' || node.kind === 'Fn') {
        const { name } = node.name;
        const { value } = node;
        const result = value.kind === 'Body' ? value.result : value;
        this.values.set(name, [...(this.values.get(name) ?? []), result]);
      } else if (declaresOther.has(node.kind) && 'name' in node && typeof node.name === 'object')
        this.others.add(node.name.name);
      partsOf(node).forEach(visit);
    };
    visit(spec);
  }

  /** Whether this is an old field of a game. */
  holds({ object, field }: FieldExpr): boolean {
    return Object.hasOwn(renamedGameFields, field.name) && this.isGame(object, new Set());
  }

  /**
   * Whether a value is what `adversarial` gives. A name that the file doesn't declare, imported or a parameter of a fn,
   * is taken for a game: nothing else of the language has fields of these names.
   */
  private isGame(expr: Expr, seen: ReadonlySet<string>): boolean {
    if (expr.kind === 'Pipe') return this.isGame(expr.right, seen);
    const callee = expr.kind === 'Call' ? expr.callee : expr;
    if (callee.kind !== 'Name') return false;
    const { name } = callee;
    if (seen.has(name)) return false;
    const values = this.values.get(name);
    if (values !== undefined) return values.some((value) => this.isGame(value, new Set([...seen, name])));
    if (this.others.has(name)) return false;
    return name === 'adversarial' || expr.kind === 'Name';
  }
}

const declaresOther: ReadonlySet<Node['kind']> = new Set([
  'Param',
  'Data',
  'Sample',
  'Network',
  'Block',
  'Loss',
]);

// ---------------------------------------------------------------- arguments of optimizers

const renamedArguments = ({ args }: CallExpr): Renaming[] =>
  args.flatMap(({ name }) =>
    name !== undefined && Object.hasOwn(renamedOptimizerArguments, name.name)
      ? [{ span: name.span, to: renamedOptimizerArguments[name.name] }]
      : [],
  );

// ---------------------------------------------------------------- the tree

/** The nodes directly below one. */
function partsOf(node: Node): Node[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'span') return [];
    return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isNode);
  });
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value;
