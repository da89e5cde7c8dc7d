/** Names of emitted programs: readable, legal, and each used for one thing wherever it can be seen. */
import type { OpName } from '../../ir/node.ts';

/** What a language, its library and the programs' own frame have taken already. */
export interface Words {
  readonly reserved: ReadonlySet<string>;
  /** Functions and tables of updates and reports are called so, with numbers behind. */
  readonly numbered: RegExp;
}

/** Letters, digits and underscores; begins with a letter. */
function identifier(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z_]/.test(clean) ? clean : `v_${clean}`;
}

export class Names {
  private readonly taken = new Set<string>();
  /** Of all scopes inside: a name that is taken here later must not be hidden there. */
  private readonly inside = new Set<string>();
  private readonly words: Words;
  private readonly outer: Names | undefined;

  constructor(words: Words, outer?: Names) {
    this.words = words;
    this.outer = outer;
  }

  /** The name itself, or with a number behind it. */
  take(wanted: string): string {
    const { numbered } = this.words;
    const plain = identifier(wanted);
    const base = numbered.test(plain) ? `the_${plain}` : plain;
    for (let i = 1; ; i++) {
      const name = i === 1 ? base : `${base}_${i}`;
      if (!this.free(name)) continue;
      this.taken.add(name);
      for (let at = this.outer; at !== undefined; at = at.outer) at.inside.add(name);
      return name;
    }
  }

  /** Whether it may be taken as it is. */
  free(name: string): boolean {
    return !this.words.reserved.has(name) && !this.sees(name) && !this.inside.has(name);
  }

  private sees(name: string): boolean {
    return this.taken.has(name) || (this.outer?.sees(name) ?? false);
  }

  /** Names for a scope inside. */
  inner(): Names {
    return new Names(this.words, this);
  }
}

/** `G_dropout_1_mask` for the key `G:1f3a.dropout_1/mask` of a draw. */
export const readable = (key: string): string => identifier(key.replace(/(^|:)[0-9a-f]{16}\b/g, ''));

/** Names of operations that would say nothing. */
export const words: { readonly [K in OpName]?: string } = {
  add: 'total',
  sub: 'difference',
  mul: 'product',
  div: 'ratio',
  matmul: 'product',
};
