/** What a rule is. It is pure: an analysis goes in, what the rule has to say of the whole spec comes out. */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Analysis } from '../analyse/analysis.ts';

export type Rule = (analysis: Analysis) => readonly Diagnostic[];
