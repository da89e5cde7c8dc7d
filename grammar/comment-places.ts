/**
 * Where the formatter hangs comments: on what stands on a line or in a list of its own, never on names or headers,
 * so that a comment stays where it was and formatting twice changes nothing.
 */
import { util } from 'prettier';
import type { Comment, Node } from './ast.ts';

/** The parts of a node that comments may hang on, in the order of the text. */
export function commentChildren(node: Node): Node[] {
  return present(childrenOf(node)).sort((a, b) => a.span.start - b.span.start);
}

const present = (nodes: readonly (Node | undefined)[]): Node[] => nodes.filter((node) => node !== undefined);

function childrenOf(node: Node): readonly (Node | undefined)[] {
  switch (node.kind) {
    case 'Spec':
      return node.declarations;
    case 'Profile':
      return node.settings;
    case 'Data':
      return [node.source];
    case 'Network':
    case 'Block':
      return [...node.parameters, node.body];
    case 'Fn':
      return [...node.parameters, node.value];
    case 'Body':
      return [...node.lets, node.result];
    case 'History':
      return [node.of];
    case 'Initialize':
      return [node.initializer, node.from];
    case 'Start':
      return [node.from];
    case 'Origin':
      return [node.value];
    case 'Train':
    case 'Phase':
    case 'Repeat':
    case 'Together':
    case 'Report':
      return node.body;
    case 'Update':
      return [node.objective, node.optimizer, node.when];
    case 'Set':
      return [node.value, node.when];
    case 'Recalibrate':
      return [node.call];
    case 'Sample':
      return node.distribution.args;
    case 'Param':
    case 'State':
    case 'Setting':
    case 'Optimizer':
    case 'Let':
    case 'Loss':
    case 'Goal':
      return [node.value];
    case 'Show':
      return [node.value, node.goal];
    default:
      return childrenOfExpression(node);
  }
}

function childrenOfExpression(node: Node): readonly (Node | undefined)[] {
  switch (node.kind) {
    case 'Call':
      return [...childrenOfExpression(node.callee), ...node.args];
    case 'Argument':
      return node.value.kind === 'Duration' ? [] : [node.value];
    case 'RecordField':
      return [node.value];
    case 'Pipe':
    case 'Binary':
      return [node.left, node.right];
    case 'Unary':
      return [node.operand];
    case 'List':
      return node.items;
    case 'Record':
    case 'RecordType':
      return node.fields;
    case 'Field':
      return [node.object];
    case 'Index':
      return [node.object, node.index];
    case 'Slice':
      return [node.object, ...node.places];
    case 'Place':
      return [node.low, node.high];
    default:
      return [];
  }
}

// ---------------------------------------------------------------- comments with no such part beside them

/** What Prettier adds to a comment while it looks for a place. */
interface Attached extends Comment {
  readonly enclosingNode?: Node;
  readonly precedingNode?: Node;
  readonly followingNode?: Node;
}

/** Nodes with braces of their own: a comment may stand behind the `{`, or alone inside. */
const braced: ReadonlySet<string> = new Set([
  'Body',
  'Train',
  'Phase',
  'Repeat',
  'Together',
  'Report',
  'Profile',
]);

function behindBrace(comment: Attached, text: string): boolean {
  const node = comment.enclosingNode;
  if (!node || !braced.has(node.kind) || comment.precedingNode) return false;
  if (!text.slice(node.span.start, comment.span.start).trimEnd().endsWith('{')) return false;
  util.addDanglingComment(node, comment, 'head');
  return true;
}

function alone(comment: Attached): boolean {
  const node = comment.enclosingNode;
  if (!node || comment.precedingNode || comment.followingNode || node.kind === 'Spec') return false;
  if (braced.has(node.kind)) util.addDanglingComment(node, comment, 'inside');
  else if (node.kind === 'Argument' || node.kind === 'Parameter') util.addLeadingComment(node, comment);
  else util.addTrailingComment(node, comment);
  return true;
}

/** Nodes whose parts follow one another on a line; a comment between two goes behind the first. */
const inline: ReadonlySet<string> = new Set(['Pipe', 'Binary', 'Update', 'Index', 'Place', 'Fn']);

function between(comment: Attached): boolean {
  const { enclosingNode, precedingNode, followingNode } = comment;
  if (!enclosingNode || !precedingNode || !followingNode || !inline.has(enclosingNode.kind)) return false;
  const chain = precedingNode.kind === 'Pipe' || precedingNode.kind === 'Binary';
  util.addTrailingComment(
    chain && enclosingNode.kind === 'Pipe' ? precedingNode.right : precedingNode,
    comment,
  );
  return true;
}

export const handleComments = {
  ownLine: (comment: Attached) => between(comment) || alone(comment),
  endOfLine: (comment: Attached, text: string) =>
    behindBrace(comment, text) || between(comment) || alone(comment),
  remaining: (comment: Attached, text: string) => behindBrace(comment, text) || alone(comment),
};

/** A comment as Prettier leaves it on a node. */
export interface HungComment extends Comment {
  readonly leading?: boolean;
  readonly trailing?: boolean;
  readonly marker?: string;
  printed?: boolean;
}

/** The comments that hang on a node. */
export function commentsOf(node: Node): readonly HungComment[] {
  return (node as Node & { readonly comments?: readonly HungComment[] }).comments ?? [];
}
