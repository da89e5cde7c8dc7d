// What a built program imports to train by itself: `node build/infogan/train.mjs` is `ganc run build/infogan`.
import { register } from 'tsx/esm/api';

/** Trains the program in this folder; `args` as for `ganc run`. Gives the exit code. */
export async function trainProgram(folder, args) {
  register();
  const { ganc } = await import('../cli/ganc.ts');
  const { realTerminal } = await import('../cli/terminal.ts');
  return ganc(['run', folder, ...args], realTerminal());
}
