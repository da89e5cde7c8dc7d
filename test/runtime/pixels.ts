/** Pixels of PNGs that tests made or have: by pngjs, at once, where the runtime's own reader of pictures takes its time. */
import { PNG } from 'pngjs';
import type { Raster } from '../../runtime/formats/png.ts';

/** Red, green and blue; what is transparent is not looked at. */
export function pixelsOf(bytes: Uint8Array): Raster {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  return { width, height, data: Uint8Array.from(data.filter((_, i) => i % 4 < 3)) };
}
