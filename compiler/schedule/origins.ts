/**
 * Weights from elsewhere in a program: which files of weights it holds, and which tensors its phases begin with anew. In:
 * a model and what its networks start with; out: entries of the manifest, and the files' bytes, which the host reads.
 */
import type { Manifest, Initial } from '../../program/manifest.ts';
import type { OriginEntry, StartEntry, StartOrigin } from '../../program/stored.ts';
import { fitting, leftBy, rootOf, startsIn } from '../analyse/fitting.ts';
import type { OriginUse, StoredUse, WeightInfo } from '../bind/names.ts';
import type { Model } from '../model.ts';

/** One file for each run and checkpoint, however many networks start with it. */
function storesOf({ names }: Model): StoredUse[] {
  const all = [...names.origins.values()].flatMap(({ stored }) => stored ?? []);
  return all.filter((one, i) => all.findIndex((other) => same(one, other)) === i);
}

const same = (a: StoredUse, b: StoredUse): boolean => a.path === b.path && a.at === b.at;

const fileOf = (model: Model, stored: StoredUse): string =>
  `weights/${storesOf(model).findIndex((one) => same(one, stored)) + 1}.safetensors`;

const startOf = (model: Model, { stored }: OriginUse, of: string): StartOrigin =>
  stored === null ? { kind: 'copy', of } : { kind: 'stored', file: fileOf(model, stored), of };

/** What a weight starts with by a declaration; null: as it would without. */
export function declaredStart(model: Model, weight: WeightInfo): { readonly as: WeightInfo } | Initial {
  const root = rootOf(model.weights, model.names.starts, weight);
  return 'weight' in root ? { as: root.weight } : startOf(model, root.origin, root.of);
}

/** The tensors that a phase begins with. */
export const phaseStarts = (model: Model, phase: number): StartEntry[] =>
  model.schedule.phases[phase].starts.flatMap(({ network, origin }) =>
    fitting(model.weights, network, origin).pairs.map(({ weight, from }) => ({
      state: weight.name,
      from: startOf(model, origin, from),
    })),
  );

/** The manifest's list of what was read; none where nothing is. */
export function originEntries(model: Model): Pick<Manifest, 'origins'> {
  const stores = storesOf(model);
  if (stores.length === 0) return {};
  return {
    origins: stores.map(({ path, at, found }): OriginEntry => ({
      path,
      at,
      file: fileOf(model, { path, at, found }),
      found: found && { iteration: found.iteration, hash: found.hash, tensors: found.tensors },
      notices: startsIn(model).flatMap(({ network, origin }) =>
        origin.stored !== null && same(origin.stored, { path, at, found })
          ? leftBy(model.weights, network, origin)
          : [],
      ),
    })),
  };
}

/** The manifest's list of files of networks; none where nothing is. */
export function networkFileEntries({ names }: Model): Pick<Manifest, 'networkFiles'> {
  const entries = [...names.networkFiles].flatMap(([path, known]) =>
    known === null ? [] : [{ path, file: known.file, hash: known.found.hash }],
  );
  return entries.length === 0 ? {} : { networkFiles: entries };
}

/** The files of weights that a program names, by their names in it: of each the tensors that are wanted, and no more. */
export function weightFiles(model: Model, manifest: Manifest): Record<string, Uint8Array> {
  const wanted = [
    ...manifest.state.map(({ initial }) => initial),
    ...manifest.schedule.flatMap(({ starts = [] }) => starts.map(({ from }) => from)),
  ];
  const inFile = (file: string): string[] => [
    ...new Set(wanted.flatMap((one) => (one.kind === 'stored' && one.file === file ? [one.of] : []))),
  ];
  const networks = [...model.names.networkFiles.values()].flatMap((known) =>
    known === null ? [] : [[known.file, known.found.take(inFile(known.file))] as const],
  );
  const stores = storesOf(model).flatMap(({ path, at, found }) => {
    const file = fileOf(model, { path, at, found });
    return found === null ? [] : [[file, found.take(inFile(file))] as const];
  });
  return Object.fromEntries([...stores, ...networks]);
}
