/**
 * What a rule of health is: it sees numbers that training has anyway, and says in words what they mean. In: a look at the
 * run (each hundred iterations) or samples of a report; out: what is going wrong, with a way out. Rules change nothing.
 */
import type { Telling } from '../../program/discriminates.ts';
import type { Tensor } from '../engines/engine.ts';

/** What an update minimises: means over stretches of iterations between looks. */
export interface ObjectiveLook {
  readonly update: string;
  /** Over the first stretch of the run (or of what was resumed), the one before, and the newest; the least of any. */
  readonly first: number;
  readonly before: number;
  readonly now: number;
  readonly least: number;
}

/** What the discriminator of a game minimises, in an update that minimises it or computes it on the way. */
export interface DiscriminatorLook extends Telling {
  /** Its update, `update_1`; with its loss where the update has several: `update_1, game_a.discriminator`. */
  readonly name: string;
  /** Means: over the newest stretch, and the least of any so far. */
  readonly now: number;
  readonly least: number;
}

/** What one iteration did to a network that an update moved in it. */
export interface StepLook {
  readonly network: string;
  /** Updates that moved it, as the spec has them: `update_1`. */
  readonly updates: readonly string[];
  /** ‖Δw‖ of the iteration. */
  readonly step: number;
  /** ‖w‖ now, and when training began here. */
  readonly norm: number;
  readonly initialNorm: number;
}

/** The root of the mean square of a gradient, from the second moment that an optimizer (Adam, RMSprop) keeps. */
export interface GradientLook {
  readonly update: string;
  readonly rms: number;
}

/** How far each unit's bias came between two looks; the last layer of a network is no look. */
export interface UnitsLook {
  readonly network: string;
  /** `G.dense_1` */
  readonly layer: string;
  readonly moved: Float64Array;
}

export interface Look {
  readonly iteration: number;
  readonly objectives: readonly ObjectiveLook[];
  readonly discriminators: readonly DiscriminatorLook[];
  readonly steps: readonly StepLook[];
  readonly gradients: readonly GradientLook[];
  readonly units: readonly UnitsLook[];
}

/** Rows that a report drew from samples alone, beside real ones (the first of the data) of the same size. */
export interface Samples {
  /** The picture's name. */
  readonly name: string;
  readonly drawn: Tensor;
  readonly real: Tensor;
}

/** `about`: an update, a network, a picture: a rule that says the same of it again at the next look is not repeated. */
export interface Finding {
  readonly about: string;
  /** What is going wrong, and what to do: two sentences. */
  readonly text: string;
}

export interface HealthRule {
  readonly name: string;
  /** Where the rule, or its threshold, is from. */
  readonly source: string;
  /** What it looks for, in a sentence. */
  readonly doc: string;
  /** Looks in a row, or reports, that must say the same before it is told. */
  readonly patience: number;
  look?(look: Look): readonly Finding[];
  samples?(samples: Samples): readonly Finding[];
}

/** `0.35`, `2.1e-9` */
export const short = (value: number): string => String(Number(value.toPrecision(2)));
