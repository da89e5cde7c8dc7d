/**
 * What is drawn: an architecture as panels, one a phase, or one an update with what its gradient does. In: an
 * architecture; out: boxes with their lines of text, and edges between them, not yet placed.
 */
import type {
  Architecture,
  ArchitectureUpdate,
  Edge,
  EdgeGradient,
  Unit,
} from '../compiler/architecture/architecture.ts';
import { wrapped } from './text.ts';

export interface PanelOptions {
  /** One panel for each update instead of each phase. */
  readonly updates: boolean;
  /** Networks show their layers. */
  readonly layers: boolean;
}

/** What an update does to a network; `idle`: it is computed, and no gradient passes it. */
export type Role = 'learns' | 'passes' | 'idle';

export interface Box {
  readonly id: string;
  readonly kind: Unit['kind'];
  readonly title: readonly string[];
  /** Under the title: a type, a number of weights. */
  readonly detail: string;
  /** Layers and networks inside; `inset` are networks that others use too. */
  readonly rows: readonly { readonly text: string; readonly size: string; readonly inset: boolean }[];
  /** Of a loss: who minimises it. */
  readonly caption: readonly string[];
  readonly role: Role;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly gradient: EdgeGradient;
}

export interface Panel {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

export function panelsOf(architecture: Architecture, options: PanelOptions): Panel[] {
  const { updates } = architecture;
  if (options.updates)
    return updates.map((update) => panel(architecture, [update], options, updateTitle(update)));
  const phases = [...new Set(updates.map(({ phase }) => phase))];
  return phases.map((phase) =>
    panel(
      architecture,
      updates.filter((update) => update.phase === phase),
      options,
      phase === null ? '' : `phase ${phase}`,
    ),
  );
}

const updateTitle = ({ learns, text, phase }: ArchitectureUpdate): string =>
  `${phase === null ? '' : `${phase}: `}update ${learns.join(', ')} to ${text}`;

function panel(
  { units, edges }: Architecture,
  updates: readonly ArchitectureUpdate[],
  { updates: each, layers }: PanelOptions,
  title: string,
): Panel {
  const names = new Set(updates.map(({ name }) => name));
  const own = edges.filter(({ gradients }) => Object.keys(gradients).some((name) => names.has(name)));
  const drawn = new Set(own.flatMap(({ from, to }) => [from, to]));
  if (layers) for (const id of insideOf(units, drawn)) drawn.add(id);
  const only = each ? updates[0] : undefined;
  return {
    title,
    boxes: units.filter(({ id }) => drawn.has(id)).map((unit) => box(unit, updates, own, layers, only)),
    lines: own.map(({ from, to, size, gradients }) => ({
      from,
      to,
      label: labelOf(only && gradients[only.name], handsOnItsType(from) ? '' : size),
      gradient: only === undefined ? 'none' : gradients[only.name],
    })),
  };
}

/** Networks that others call inside: drawn beside them where layers are shown. */
const insideOf = (units: readonly Unit[], drawn: ReadonlySet<string>): string[] =>
  units
    .filter(({ id }) => drawn.has(id))
    .flatMap((unit) =>
      unit.layers.filter(({ kind }) => kind === 'network').map(({ name }) => `network:${name}`),
    );

/** A field or sample says what it is itself. */
const handsOnItsType = (id: string): boolean => /^(field|sample):/.test(id);

const marks: Readonly<Partial<Record<EdgeGradient, string>>> = { stopped: 'stop', reversed: 'reversed' };

const labelOf = (gradient: EdgeGradient | undefined, size: string): string =>
  [size, gradient === undefined ? undefined : marks[gradient]].filter(Boolean).join(' · ');

function box(
  unit: Unit,
  updates: readonly ArchitectureUpdate[],
  edges: readonly Edge[],
  layers: boolean,
  only: ArchitectureUpdate | undefined,
): Box {
  const rows = unit.layers
    .filter(({ kind }) => layers || kind === 'network')
    .map(({ text, size, kind }) => ({ text, size: layers ? size : '', inset: kind === 'network' }));
  const minimised = updates.filter(({ objective }) => objective === unit.id);
  const captions = minimised.map(
    ({ learns, text }) => `${/^max/.test(text) ? '↑' : '↓'} ${learns.join(', ')}`,
  );
  return {
    id: unit.id,
    kind: unit.kind,
    title: unit.kind === 'loss' ? wrapped(unit.name, 22) : [unit.name],
    detail: unit.kind === 'network' ? weightsText(unit.weights) : unit.detail,
    rows,
    caption: [...new Set(captions)].flatMap((caption) => wrapped(caption, 26)),
    role: only === undefined ? 'idle' : roleOf(unit, only, edges),
  };
}

function roleOf({ id, name, kind }: Unit, update: ArchitectureUpdate, edges: readonly Edge[]): Role {
  if (update.learns.includes(name)) return 'learns';
  const passing = edges.some(({ from, to, gradients }) => {
    const gradient = gradients[update.name];
    return (from === id || to === id) && (gradient === 'flows' || gradient === 'reversed');
  });
  return passing && kind !== 'field' && kind !== 'sample' ? 'passes' : 'idle';
}

/** `1.7 M weights`; nothing where there are none. */
function weightsText(count: number): string {
  if (count === 0) return '';
  const [value, unit] = count >= 1e6 ? [count / 1e6, ' M'] : count >= 1e3 ? [count / 1e3, ' k'] : [count, ''];
  return `${unit === '' || value >= 100 ? Math.round(value) : value.toFixed(1)}${unit} weights`;
}
