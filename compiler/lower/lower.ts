/**
 * Analysis → values as graphs: what each update minimises and each report shows, evaluated again for minibatches of their
 * real size. What depends on what, and on which rows, is as analysed.
 */
import type { Catalogue } from '../../program/catalogue.ts';
import type { Model } from '../model.ts';
import type { Lowered } from './lowered.ts';
import { lowerReport } from './report.ts';
import { lowerPhases } from './steps.ts';

/** `parts`: how many the graphs of a step take a minibatch in. */
export function lower(model: Model, catalogue: Catalogue, parts = 1): Lowered {
  const lowering = { model, catalogue };
  return {
    model,
    parts,
    phases: lowerPhases(lowering, model.schedule.phases),
    reports: model.reports.map((report, i) => lowerReport(lowering, report, i + 1)),
  };
}
