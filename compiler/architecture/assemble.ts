/** A checked model's architecture: what its updates show (view.ts), put together. */
import { updatesIn } from '../model.ts';
import type { Lowering } from '../lower/context.ts';
import type { Architecture, Edge, Unit } from './architecture.ts';
import { updateView, type UpdateView } from './view.ts';

/** Every update is evaluated once, on its own weights; what several compute is one unit and one edge. */
export function architectureOf(lowering: Lowering): Architecture {
  const { model } = lowering;
  const views = model.schedule.phases.flatMap((phase) =>
    updatesIn(phase.body).map((update) => ({ phase: phase.name, view: updateView(lowering, update) })),
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
