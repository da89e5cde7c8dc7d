/** A checked model's architecture: what its updates show (view.ts), put together. */
import { stepsOf, updatesOfStep, type Lowered } from '../lower/lowered.ts';
import type { Architecture, Edge, Unit } from './architecture.ts';
import { updateView, type UpdateView } from './view.ts';

/** Every update is evaluated once, on its own weights; what several compute is one unit and one edge. */
export function architectureOf(lowered: Lowered): Architecture {
  const { model } = lowered;
  const views = lowered.phases.flatMap((phase) =>
    stepsOf({ phases: [phase] })
      .flatMap(updatesOfStep)
      .map((update) => ({ phase: phase.name, view: updateView(model, update) })),
  );
  return {
    name: model.names.title,
    units: merged(views.flatMap(({ view }) => view.units)),
    edges: mergedEdges(views.map(({ view }) => view)),
    updates: views.map(({ phase, view: { update, objective } }) => ({
      name: update.name,
      text: update.text,
      phase,
      learns: update.networks,
      objective,
    })),
  };
}

function merged(units: readonly Unit[]): Unit[] {
  const found = new Map<string, Unit>();
  for (const unit of units) if (!found.has(unit.id)) found.set(unit.id, unit);
  return [...found.values()];
}

function mergedEdges(views: readonly UpdateView[]): Edge[] {
  const found = new Map<string, Edge>();
  for (const { update, edges } of views) {
    for (const { from, to, size, gradient } of edges) {
      const key = `${from} ${to}`;
      const known = found.get(key) ?? { from, to, size, gradients: {} };
      found.set(key, { ...known, gradients: { ...known.gradients, [update.name]: gradient } });
    }
  }
  return [...found.values()];
}
