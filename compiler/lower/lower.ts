/**
 * Analysis → values as graphs: what each update minimises and each report shows, evaluated again for minibatches of their
 * real size. What depends on what, and on which rows, is as analysed.
 */
import type { Catalogue } from '../../program/catalogue.ts';
import type { Model } from '../model.ts';
import type { Lowered } from './lowered.ts';
import { lowerReport } from './report.ts';
import { settledIn } from './settled.ts';
import { lowerPhases } from './steps.ts';
import { phasesInParts } from './wholes.ts';

/** `parts`: how many the graphs of a step take a minibatch in. */
export function lower(model: Model, catalogue: Catalogue, parts = 1): Lowered {
  const lowering = { model, catalogue };
  const whole = lowerPhases(lowering, model.schedule.phases);
  const phases = parts === 1 ? whole : phasesInParts(model, whole, parts);
  return {
    model,
    parts,
    settled: parts === 1 ? new Map() : settledIn({ model, phases }),
    phases,
    reports: model.reports.map((report, i) => lowerReport(lowering, report, i + 1)),
  };
}
