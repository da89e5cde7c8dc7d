/** Layout of schedules and reports for the Prettier plugin, with what is said of when their statements are due. */
import { doc, type Doc } from 'prettier';
import type {
  Every,
  Expr,
  Goal,
  Moments,
  ReportDecl,
  ReportLine,
  SetState,
  Statement,
  TrainDecl,
  Update,
} from './ast.ts';
import { parenthesised, tightness, type Options, type Path, type Print } from './print-expressions.ts';
import { braces, laidOut, names, part, tight, value, type At, type Layouts } from './print-parts.ts';

const { group, indent, join, line } = doc.builders;

/** Nothing for other nodes. */
export const printStatement = (path: Path, options: Options, print: Print): Doc | undefined =>
  laidOut(layouts, path, options, print);

const layouts: Layouts<TrainDecl | ReportDecl | Statement | ReportLine | Every | Moments | Goal> = {
  Train(at) {
    const batch = at.node.batch ? [', batch ', tight(at, 'batch')] : '';
    return ['train for ', part(at, 'duration'), batch, ' ', braces(at, 'body')];
  },
  Phase(at) {
    const duration = at.node.duration ? ['for ', part(at, 'duration'), ' '] : '';
    return [`phase ${at.node.name.name} `, duration, braces(at, 'body')];
  },
  Repeat(at) {
    const fresh = at.node.fresh ? [' fresh: ', part(at, 'fresh')] : '';
    return ['repeat ', tight(at, 'count'), fresh, ' ', braces(at, 'body')];
  },
  Together: (at) => ['together ', braces(at, 'body')],
  Update: (at) => [every(at), printUpdate(at)],
  Set: (at) => [every(at), printSet(at)],
  Average: (at) => [every(at), `average ${at.node.network.name} decay `, tight(at, 'decay')],
  Start: (at) => [`initialize ${names(at.node.networks)} `, part(at, 'from')],
  Report: (at) => ['report ', part(at, 'every'), ' ', braces(at, 'body')],
  Show(at) {
    const { medium, name, goal } = at.node;
    return [every(at), `${medium} ${name.name} = `, value(at), goal ? [' ', part(at, 'goal')] : ''];
  },
  Goal: (at) => ['goal ', tight(at, 'value'), at.node.from ? [' from ', part(at, 'from')] : ''],
  Recalibrate: (at) => [
    every(at),
    'recalibrate ',
    tight(at, 'call', tightness.postfix),
    ' for ',
    part(at, 'duration'),
  ],
  Every(at) {
    const { node, options } = at;
    const end = node.moments?.span.start ?? node.span.end;
    const moments = node.moments ? [' ', part(at, 'moments')] : '';
    return ['every ', tight(at, 'count'), printUnit({ ...node, end }, options), moments];
  },
  Moments({ node, path, options, print }) {
    const each = (child: Path) => parenthesised(child.node, tightness.sum, print(child));
    const unit = node.counts
      .slice(-1)
      .map((count) => printUnit({ ...node, count, end: node.span.end }, options));
    return ['and at ', join(', ', path.map(each, 'counts' as never)), unit];
  },
};

/** Before a statement or a line that has one. */
const every = (at: At<Extract<Statement | ReportLine, { readonly every?: Every }>>): Doc =>
  at.node.every ? [part(at, 'every'), ' '] : '';

/** `steps` may be left out, and stays as the author had it. */
function printUnit({ count, unit, end }: { count: Expr; unit: string; end: number }, options: Options): Doc {
  const written = options.originalText.slice(count.span.end, end).replace(/\/\/.*/g, '');
  return /(steps|epochs)\s*$/.test(written) ? ` ${unit}` : '';
}

function printSet(at: At<SetState>): Doc {
  return group([`set ${at.node.state.name} to `, indent(tight(at, 'value', tightness.any)), when(at)]);
}

function printUpdate(at: At<Update>): Doc {
  const { networks, sense } = at.node;
  return group([
    `update ${names(networks)} to ${sense} `,
    indent(tight(at, 'objective', tightness.any)),
    indent([line, 'with ', tight(at, 'optimizer', tightness.any)]),
    when(at),
  ]);
}

const when = (at: At<SetState | Update>): Doc =>
  at.node.when ? indent([line, 'when ', tight(at, 'when', tightness.any)]) : '';
