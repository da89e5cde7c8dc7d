/**
 * The architecture's pictures as a run directory keeps them, in architecture/: drawn once by the command, which knows the
 * compiler; read back here for the page. In and out: the folder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import type { UpdateFacts } from './update-facts.ts';
import { listAt, parsed, textAt, textsAt } from './loose.ts';

export interface Drawings {
  /** What they were drawn from (a digest): others are drawn when that changes. */
  readonly of: string;
  /** SVG files' texts: networks folded, and with their layers. */
  readonly folded: string;
  readonly layers: string;
  readonly updates: readonly (UpdateFacts & { readonly svg: string })[];
}

export const drawingsFolder = (run: string): string => join(run, 'architecture');

export function writeDrawings(run: string, { of, folded, layers, updates }: Drawings): void {
  const files = updates.map(({ svg }, i) => [`update-${i + 1}.svg`, svg] as const);
  const facts = updates.map(({ svg: _svg, ...rest }) => rest);
  writeFolderAtomic(
    drawingsFolder(run),
    {
      'networks.svg': folded,
      'layers.svg': layers,
      ...Object.fromEntries(files),
      'updates.json': JSON.stringify({ of, updates: facts }, null, 1) + '\n',
    },
    true,
  );
}

/** null where there are none, or not all of them. */
export function readDrawings(run: string): Drawings | null {
  const read = (name: string): string => readFileSync(join(drawingsFolder(run), name), 'utf8');
  try {
    const known = parsed(read('updates.json'));
    const updates = listAt(known, 'updates').map((one, i) => ({
      text: textAt(one, 'text') ?? '',
      phase: textAt(one, 'phase'),
      learns: textsAt(one, 'learns'),
      uses: textsAt(one, 'uses'),
      reads: textsAt(one, 'reads'),
      stops: textsAt(one, 'stops'),
      reverses: textsAt(one, 'reverses'),
      svg: read(`update-${i + 1}.svg`),
    }));
    return {
      of: textAt(known, 'of') ?? '',
      folded: read('networks.svg'),
      layers: read('layers.svg'),
      updates,
    };
  } catch {
    return null;
  }
}
