/**
 * The speakers of the built-in voices, by what tells them apart. Pitch and vocal tract go their own ways (a small
 * tract need not speak high), and pitch ranges overlap: a fundamental of 150 Hz may be any of eight speakers'.
 */

export interface Speaker {
  /** Mean fundamental, Hz. */
  readonly pitch: number;
  /** How far intonation leads away from it, as a share of it. */
  readonly liveliness: number;
  /** Factor on all formants: the reference tract's length by this one's. */
  readonly tract: number;
  /** Share of a period in which the glottis is open. */
  readonly open: number;
  /** Share of the source that a one-pole low-pass lets through at once: small is dull. */
  readonly brightness: number;
  /** Breath that goes with the voice. */
  readonly breath: number;
  /** Factor on the second formant and on the third: how this mouth differs from a scaled one. */
  readonly mouth: readonly [number, number];
  /** Widens all formants. */
  readonly damping: number;
}

const speaker = (
  pitch: number,
  liveliness: number,
  tract: number,
  open: number,
  brightness: number,
  breath: number,
  mouth: readonly [number, number],
  damping: number,
): Speaker => ({ pitch, liveliness, tract, open, brightness, breath, mouth, damping });

/** The first ten are `seen`, the last four `unseen`: kept from training. */
export const speakers: readonly Speaker[] = [
  speaker(98, 0.2, 0.94, 0.5, 0.73, 0.03, [1.0, 1.0], 1.0),
  speaker(112, 0.28, 1.06, 0.62, 0.6, 0.08, [1.03, 0.98], 1.2),
  speaker(124, 0.16, 0.98, 0.42, 0.95, 0.02, [0.96, 1.03], 0.9),
  speaker(134, 0.3, 1.12, 0.56, 0.78, 0.05, [1.02, 1.04], 1.1),
  speaker(146, 0.22, 0.9, 0.66, 0.55, 0.1, [0.98, 0.96], 1.3),
  speaker(158, 0.26, 1.18, 0.46, 0.91, 0.03, [0.97, 1.01], 1.0),
  speaker(172, 0.18, 1.02, 0.6, 0.67, 0.07, [1.05, 1.02], 0.9),
  speaker(186, 0.3, 1.2, 0.54, 0.83, 0.04, [1.01, 0.97], 1.2),
  speaker(204, 0.24, 1.1, 0.68, 0.58, 0.11, [0.95, 1.0], 1.1),
  speaker(222, 0.2, 1.24, 0.48, 0.86, 0.05, [1.04, 1.03], 1.0),
  speaker(106, 0.24, 1.0, 0.58, 0.82, 0.06, [1.02, 1.01], 1.1),
  speaker(140, 0.2, 1.15, 0.5, 0.65, 0.04, [0.98, 1.02], 1.0),
  speaker(178, 0.27, 0.96, 0.52, 0.78, 0.08, [1.0, 0.98], 1.2),
  speaker(214, 0.23, 1.16, 0.62, 0.71, 0.03, [1.03, 1.0], 0.9),
];

export const seenSpeakers = 10;
