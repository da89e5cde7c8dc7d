/** All functions by their language names: each family file exports its items under the names that specs use. */
import * as adversarial from './functions/adversarial.ts';
import * as augment from './functions/augment.ts';
import * as augmentation from './functions/augmentation.ts';
import * as control from './functions/control.ts';
import * as cutouts from './functions/cutouts.ts';
import * as distributions from './functions/distributions.ts';
import * as codebooks from './functions/codebooks.ts';
import * as matrices from './functions/matrices.ts';
import * as generation from './functions/generate.ts';
import * as labels from './functions/labels.ts';
import * as losses from './functions/losses.ts';
import * as maths from './functions/maths.ts';
import * as pairs from './functions/pairs.ts';
import * as places from './functions/places.ts';
import * as reductions from './functions/reductions.ts';
import * as resizing from './functions/resize.ts';
import * as rows from './functions/rows.ts';
import * as sequences from './functions/sequences.ts';
import * as spectra from './functions/spectra.ts';
import * as totals from './functions/totals.ts';
import type { Builtin } from './builtin.ts';

export const functions = {
  ...maths,
  ...reductions,
  ...matrices,
  ...codebooks,
  ...totals,
  ...control,
  ...rows,
  ...pairs,
  ...augment,
  ...augmentation,
  ...sequences,
  ...generation,
  ...spectra,
  ...places,
  ...cutouts,
  ...labels,
  ...resizing,
  ...distributions,
  ...losses,
  ...adversarial,
} satisfies Record<string, Builtin>;
