/**
 * Words of the language that have another name today. From these tables the checker tells who writes an old word what it
 * is called now, and `ganc fmt --upgrade` rewrites it; docs/terms.md lists them for readers.
 */

/** Fields of what `adversarial(...)` gives. Where one became the sum of two, both are named. */
export const renamedGameFields: Readonly<Record<string, readonly string[]>> = {
  judge: ['discriminator'],
  fool: ['generator'],
  confuse: ['generator', 'encoder'],
};

/** Arguments of optimizers. */
export const renamedOptimizerArguments: Readonly<Record<string, string>> = {
  clip_value: 'clip_gradients',
};

/** The hint of a diagnostic at an old word; `now` is what to write instead. */
export const renamedHint = (now: string): string =>
  `It is called \`${now}\` now: \`ganc fmt --upgrade --write FILE\` renames it.`;
