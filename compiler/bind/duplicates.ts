/**
 * Names given twice where the symbol table does not look: parameters of a signature, lets of a body, fields of a record
 * or of its type, settings of a profile, lines of a report.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { letsOf } from './cycles.ts';
import type { Reporter } from './reporter.ts';

/** The names of the declarations whose own parameters are in error. */
export function checkDuplicates(declarations: readonly ast.Declaration[], report: Reporter): Set<string> {
  const broken = new Set<string>();
  for (const declaration of declarations) {
    visit(declaration, (what, name, first) => {
      if ('parameters' in declaration) broken.add(declaration.name.name);
      report.say(
        diagnostic(kinds.duplicateName, name.span, {
          what: `${what} \`${name.name}\` is there twice`,
          hint: 'Give one of them another name, or remove it.',
          labels: [{ span: first.span, text: 'first here' }],
        }),
      );
    });
  }
  return broken;
}

type Say = (what: string, name: ast.Ident, first: ast.Ident) => void;

function visit(node: unknown, say: Say): void {
  if (Array.isArray(node)) return node.forEach((item) => visit(item, say));
  if (typeof node !== 'object' || node === null || !('kind' in node)) return;
  for (const [what, names] of namesIn(node as ast.Node))
    twice(names, (name, first) => say(what, name, first));
  for (const [key, value] of Object.entries(node)) if (key !== 'span') visit(value, say);
}

type Names = readonly [what: string, names: readonly ast.Ident[]];

const named = (list: readonly { readonly name: ast.Ident }[]): ast.Ident[] => list.map(({ name }) => name);

/** Lists in which a name may stand once. */
function namesIn(node: ast.Node): readonly Names[] {
  switch (node.kind) {
    case 'Network':
    case 'Block':
      return [['the parameter or value', named([...node.parameters, ...node.body.lets])]];
    case 'Fn':
      return [['the parameter or value', named([...node.parameters, ...letsOf(node)])]];
    case 'Record':
    case 'RecordType':
      return [['the field', named(node.fields)]];
    case 'Profile':
      return [['the setting', named(node.settings)]];
    case 'Report':
      return [['the line', named(node.body.filter((line) => line.kind === 'Show'))]];
    default:
      return [];
  }
}

function twice(names: readonly ast.Ident[], say: (name: ast.Ident, first: ast.Ident) => void): void {
  const seen = new Map<string, ast.Ident>();
  for (const ident of names) {
    const first = seen.get(ident.name);
    if (first === undefined) seen.set(ident.name, ident);
    else if (ident.name !== '') say(ident, first);
  }
}
