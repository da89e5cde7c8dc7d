/** A wiring bug of real projects, as the tables bugs.ts, later-bugs.ts and beside.ts have them. */

export interface Bug {
  /** Its place among the fifteen; null for those that came up beside them. */
  readonly number: number | null;
  readonly title: string;
  /** `owner/name#n`: https://github.com/owner/name/issues/n, which leads to a pull request of that number too. */
  readonly threads: readonly string[];
  /** What the bug becomes in a spec, in a sentence or two; the page puts diagnostics and tests behind it. */
  readonly says: string;
  /** By name in test/cases/wiring: what takes the bug out again, as replacements in the text. */
  readonly cases: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** By file in test/wiring: the titles of the tests that show it. */
  readonly shown: Readonly<Record<string, readonly string[]>>;
}
