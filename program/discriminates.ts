/**
 * What is known of a discriminator's answers from its loss alone, for rules of health: in the compiler each kind of game says
 * it, and a manifest has it for each update that computes such losses.
 */

/** That an update computes what the discriminator of an adversarial game minimises: what that tells. */
export interface Discriminates extends Telling {
  /** The loss that it is, or what that term of the update's objective is told as; null: what the update minimises. */
  readonly loss: string | null;
}

/** What a discriminator's loss (its mean over real rows, and that over generated ones) tells of its answers. */
export interface Telling {
  /** The least that a wrong answer costs. */
  readonly mistake: number;
  /** The loss of one that gives the same answer whatever comes, the one that costs least. */
  readonly chance: number;
}
