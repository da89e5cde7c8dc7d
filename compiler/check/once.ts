/** Rules that others ask, too: what they have to say of an analysis is found once. */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Analysis } from '../analyse/analysis.ts';
import type { Rule } from './rule.ts';

export function once(rule: Rule): Rule {
  const said = new WeakMap<Analysis, readonly Diagnostic[]>();
  return (analysis) => {
    const found = said.get(analysis) ?? rule(analysis);
    said.set(analysis, found);
    return found;
  };
}
