/** Every rule of health, the gravest first: where several speak at once, the first is told. To add one: its file, its name here. */
import type { HealthRule } from './rule.ts';
import { deadUnits } from './rules/dead-units.ts';
import { discriminatorAtChance } from './rules/discriminator-at-chance.ts';
import { discriminatorWon } from './rules/discriminator-won.ts';
import { diverging } from './rules/diverging.ts';
import { gradientRatio } from './rules/gradient-ratio.ts';
import { largeSteps } from './rules/large-steps.ts';
import { lostDiversity } from './rules/lost-diversity.ts';
import { memorised } from './rules/memorised.ts';
import { noMovement } from './rules/no-movement.ts';
import { saturated } from './rules/saturated.ts';
import { vanishedGradient } from './rules/vanished-gradient.ts';

export const healthRules: readonly HealthRule[] = [
  diverging,
  largeSteps,
  lostDiversity,
  vanishedGradient,
  noMovement,
  deadUnits,
  discriminatorWon,
  discriminatorAtChance,
  saturated,
  memorised,
  gradientRatio,
];
