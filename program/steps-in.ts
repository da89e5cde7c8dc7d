/** The steps of a schedule's scope, those of its repetitions, too, each once. In: a scope of the manifest; out: its steps, in order. */
import type { Action, Scope } from './manifest.ts';

export type StepAction = Extract<Action, { readonly do: 'step' }>;

export const stepsIn = ({ actions }: Scope): StepAction[] =>
  actions.flatMap((action) => (action.do === 'step' ? [action] : stepsIn(action.scope)));
