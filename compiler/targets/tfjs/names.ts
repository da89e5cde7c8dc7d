/** Names of emitted programs: readable, legal, and each used for one thing wherever it can be seen. */

import { jsString } from '../text/escape.ts';
import { helpers } from './support.ts';

/** Words of JavaScript, its globals that modules use, and what modules call their own. */
const reserved = new Set([
  ...Object.keys(helpers),
  ...`await break case catch class const continue debugger default delete do else enum export extends false finally for
function if import in instanceof let new null return static super switch this throw true try typeof undefined var void
while with yield arguments eval tf w networks model batch draws at given state use inputs steps reports value gradients
variables losses statistics moved when running compared Array Infinity Math NaN Number Object Promise Set globalThis
process console dirname fileURLToPath treeOf createModel withReplaced name next factor spared`.split(/\s+/),
]);
/** Functions and tables of updates and reports are called so, with numbers behind. */
const numbered = /^(update|gradients|apply|weights|together)(_\d+)*$|^report_\d+_/;

/** Letters, digits and underscores; begins with a letter. */
export function identifier(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z_]/.test(clean) ? clean : `v_${clean}`;
}

export class Names {
  private readonly taken = new Set<string>();
  /** Of all scopes inside: a name that is taken here later must not be hidden there. */
  private readonly inside = new Set<string>();
  private readonly outer: Names | undefined;

  constructor(outer?: Names) {
    this.outer = outer;
  }

  /** The name itself, or with a number behind it. */
  take(wanted: string): string {
    const plain = identifier(wanted);
    const base = numbered.test(plain) ? `the_${plain}` : plain;
    for (let i = 1; ; i++) {
      const name = i === 1 ? base : `${base}_${i}`;
      if (reserved.has(name) || this.sees(name) || this.inside.has(name)) continue;
      this.taken.add(name);
      for (let at = this.outer; at !== undefined; at = at.outer) at.inside.add(name);
      return name;
    }
  }

  private sees(name: string): boolean {
    return this.taken.has(name) || (this.outer?.sees(name) ?? false);
  }

  /** Names for a scope inside. */
  inner(): Names {
    return new Names(this);
  }
}

/** `.weight`, or `['...']` where a name is no identifier. */
export const property = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${jsString(name)}]`;
