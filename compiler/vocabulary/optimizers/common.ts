/**
 * What every optimizer takes beside its own arguments, and how arguments are read. differentiate/apply.ts clips gradients and
 * adds `weight_decay` before the rule (`adamw` decays by itself), and clips weights after it.
 */
import type { ParamSpec } from '../../../program/catalogue.ts';
import type { HostExpr } from '../../../program/host.ts';
import type { OptimizerArguments } from '../optimizer.ts';
import { scalar } from '../builtin.ts';

export const rateParam: ParamSpec = {
  ...scalar('rate', 'The learning rate; a number, which may change with time.'),
  interval: '[0, ∞)',
};

export const commonParams: readonly ParamSpec[] = [
  {
    ...scalar(
      'weight_decay',
      'This times each weight is added to its gradient; biases and norm gains are spared.',
      0,
    ),
    interval: '[0, ∞)',
  },
  {
    ...scalar('clip_gradients', 'Gradients are cut to ± this, element by element.', null),
    interval: '(0, ∞)',
  },
  {
    ...scalar(
      'clip_norm',
      'The gradient of all weights of the update is scaled to at most this Euclidean norm.',
      null,
    ),
    interval: '(0, ∞)',
  },
  {
    ...scalar(
      'clip_weights',
      'After the step every weight is cut to ± this, biases and gains too (WGAN, Arjovsky et al. 2017, arXiv:1701.07875).',
      null,
    ),
    interval: '(0, ∞)',
  },
];

/** An argument that is a number of the host. */
export const hostArgument = (args: OptimizerArguments, name: string): HostExpr => args[name] as HostExpr;

/** An argument that is known when compiling. */
export function numberArgument(args: OptimizerArguments, name: string): number {
  const given = args[name];
  if (typeof given === 'number') return given;
  throw new Error(`the optimizer's ${name} is no number`);
}

/** Decays of the two running means. */
export const betasOf = (args: OptimizerArguments): [number, number] => [
  numberArgument(args, 'beta1'),
  numberArgument(args, 'beta2'),
];
