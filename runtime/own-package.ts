/**
 * What ganc's package.json says, where the runtime needs it: ganc's version, and what to type for a package that is not
 * installed. In a clone that is `npm ci`; where ganc is a dependency, engines are optional, and each is asked for by name.
 */
import ownPackage from '../package.json' with { type: 'json' };

export const { version } = ownPackage;

const versions: Readonly<Record<string, string>> = {
  ...ownPackage.dependencies,
  ...ownPackage.optionalDependencies,
  ...ownPackage.peerDependencies,
};

/** `npm install webgpu@0.6.2`, or `npm ci` in a clone. */
export function toInstall(...packages: readonly string[]): string {
  if (!import.meta.url.includes('/node_modules/')) return 'npm ci';
  return `npm install ${packages.map((name) => `${name}@${versions[name] ?? 'latest'}`).join(' ')}`;
}
