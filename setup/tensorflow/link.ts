/** Lets tfjs-node-gpu's own index find the binding, for programs that import the package themselves. */
import { lstatSync, mkdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { bindingInPackage } from '../../runtime/engines/tensorflow/binding.ts';

/**
 * Links the binding to where the package in `folder` looks for it (`npm ci` takes the link away again). A file that is
 * there, from the package's own install script, stays. Returns why there is no link, null if there is one.
 */
export function linkBinding(binding: string, folder: string): string | null {
  const place = bindingInPackage(folder);
  const there = lstatSync(place, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink()) return `${place} is there already, and not ganc's`;
  try {
    if (there !== undefined && readlinkSync(place) === binding) return null;
    mkdirSync(dirname(place), { recursive: true });
    const beside = `${place}.${process.pid}`;
    symlinkSync(binding, beside);
    renameSync(beside, place);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
