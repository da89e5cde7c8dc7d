/** What an input may take. In: its length; out: seconds of the processor, and bytes. */

/** Two seconds a kilobyte. */
export const limitOf = (length: number): number => 2 * Math.max(1, length / 1000);

/** Bytes of the whole process, whatever it has tried. */
export const mostMemory = 1e9;
