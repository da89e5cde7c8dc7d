/** Reads a minibatch of the pictures in a folder, has the next one begun, and ends without a word to the thread that reads. */
import type { Manifest } from '../../program/manifest.ts';
import { sources } from '../../runtime/catalogue.ts';
import { streams } from '../../runtime/data/streams.ts';

const d = await sources.images.open({ files: '<label>/*.png', size: [2, 3], labels: 2 }, process.argv[2]);
const manifest = { float: 'float32', streams: [{ name: 'd', batch: 3 }] } as unknown as Manifest;
const need = (ordinal: number) => [{ stream: 'd', field: 'image', ordinal }];
const ahead = streams(manifest, { d: { ...d, read: () => process.exit(1) } }, 1);
await ahead.prepare!(need(0), need(1));
process.stdout.write(ahead.batch('d', 0, 'image').data.some((x) => x > 0) ? 'read ahead' : 'nothing');
