/**
 * Makes dist/: `npm run build`, or bin/ganc.js where the sources are newer. In: the TypeScript sources; out: what package
 * users and the command run, as few files, so that it starts at once: entries and the chunks that they share, source
 * maps, declarations of the public modules, the licences of the libraries bundled in, and build.json, which
 * says what it was made from (fresh.js reads it). Plain JavaScript: it runs before anything is built.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, hashOf, recordName, readRecord, root } from './fresh.js';

const dist = join(root, 'dist');

/** Public modules, the command, and where a thread and a probe's process start (`new URL('./...', import.meta.url)`). */
const entries = {
  ganc: 'lib/ganc.ts',
  runtime: 'lib/runtime.ts',
  prettier: 'lib/prettier.ts',
  start: 'cli/start.ts',
  'worker-entry': 'runtime/run/worker.ts',
  'decoder-entry': 'runtime/audio/decoder.ts',
  'picture-entry': 'runtime/formats/picture-looker.ts',
  'ahead-entry': 'runtime/data/ahead-thread.ts',
  'hdf5-entry': 'runtime/formats/hdf5-worker.ts',
  'probe-entry': 'runtime/engines/tensorflow/probe-process.ts',
};

/** Files that are read beside the module that wants them. */
const copied = [
  'cli/starter.gan',
  'page/page.css',
  'page/charts.js',
  'page/embedding.js',
  'page/view.css',
  'page/view.js',
];

/** A folder of such files, and the files in it. */
const copiedFolder = 'compiler/targets/torch/ganc_torch';
const inFolder = readdirSync(join(root, copiedFolder), { recursive: true })
  .filter((name) => name.endsWith('.py'))
  .map((name) => `${copiedFolder}/${name}`);

/** Packages that stay packages: those that package.json names for users, by need or by choice, and ganc itself. */
const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const external = ['ganc', ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })];

/** Bundled libraries written for require() get one. */
const banner = `import { createRequire as createRequire_ } from 'node:module';
const require = createRequire_(import.meta.url);`;

const schemas = ['program/schema.ts', 'runtime/run/schema.ts', 'runtime/run/schemas.ts'];

/** runtime/run/validators.ts, done: the functions that ajv makes of the schemas, in the place of ajv and the schemas. */
const compiledValidators = {
  name: 'compiled validators',
  setup: ({ onLoad, esbuild }) =>
    onLoad({ filter: /[/\\]run[/\\]validators\.ts$/ }, async ({ path }) => {
      const [{ Ajv }, { default: standalone }] = await Promise.all([
        import('ajv'),
        import('ajv/dist/standalone/index.js'),
      ]);
      const { outputFiles } = await esbuild.build({
        entryPoints: [join(root, schemas.at(-1))],
        bundle: true,
        write: false,
        format: 'esm',
      });
      const told = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
      const ajv = new Ajv({ ...told.validation, code: { source: true, esm: true } });
      const names = Object.keys(told.schemas);
      for (const name of names) ajv.addSchema(told.schemas[name], name);
      const code = standalone.default(ajv, Object.fromEntries(names.map((name) => [`${name}_`, name])));
      const table = names.map((name) => `${name}: () => ${name}_`).join(', ');
      return {
        contents: `${code}\nexport const validators = { ${table} };`,
        loader: 'js',
        resolveDir: dirname(path),
      };
    }),
};

/** What both bundles are made with. */
const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  external,
  plugins: [compiledValidators],
  metafile: true,
  write: false,
  logLevel: 'silent',
};

/** Modules for programs, with the chunks that they share. */
const modules = {
  ...common,
  entryPoints: entries,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunk-[hash]',
  banner: { js: banner },
};

/** The command, all of it in one script: what commands import is run when they are called, and start.ts caches its code. */
const command = {
  ...common,
  entryPoints: { cli: 'cli/main.ts' },
  format: 'cjs',
  // A script from V8's cache can't import(): packages are required instead.
  supported: { 'dynamic-import': false },
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'importMetaUrl_' },
  banner: { js: "const importMetaUrl_ = require('node:url').pathToFileURL(__filename).href;" },
};

/** Bundles the sources into dist/. Each file is replaced whole; what a running process may still import stays once. */
export async function buildScripts() {
  const { build } = await import('esbuild');
  const results = await Promise.all([modules, command].map((options) => build(options)));
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  const sources = new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
  const before = readRecord();
  mkdirSync(dist, { recursive: true });
  for (const { path, contents } of files) replaceFile(path, contents);
  for (const path of copied) copyFileSync(join(root, path), join(dist, path.split('/').at(-1)));
  for (const path of inFolder) {
    const place = join(dist, relative(dirname(copiedFolder), path));
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(join(root, path), place);
  }
  replaceFile(join(dist, 'licenses.txt'), licences([...sources]));
  const outputs = files.map(({ path }) => relative(dist, path));
  const own = [...sources].filter((path) => !/(^|\/)node_modules\//.test(path));
  const inputs = [
    ...new Set([
      ...own,
      ...copied,
      ...inFolder,
      ...schemas,
      'package.json',
      'package-lock.json',
      'setup/package/build.js',
    ]),
  ].sort();
  const record = { inputs, fingerprint: fingerprint(inputs), hash: hashOf(inputs), outputs };
  replaceFile(join(dist, recordName), JSON.stringify(record, null, 1) + '\n');
  sweep([...outputs, ...(before?.outputs ?? []), ...copied.map((path) => path.split('/').at(-1))]);
}

function replaceFile(path, contents) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}

/** Takes scripts away that neither this build nor the last one made. */
function sweep(kept) {
  const names = new Set(kept);
  for (const name of readdirSync(dist))
    if (/\.c?js(\.map)?$/.test(name) && !names.has(name)) rmSync(join(dist, name), { force: true });
}

/** The licence of each package that was bundled, as its authors ship it. */
function licences(inputs) {
  const folders = inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return `Libraries inside these files, and their licences.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Declarations of the public modules and of all that they name, by tsc. They are checked by `npm run types`. */
export function buildTypes() {
  const folder = join(dist, 'types');
  rmSync(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'setup/package/tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('tsc did not write the declarations');
  const named = new Set();
  for (const name of ['ganc', 'runtime', 'prettier']) reach(join(folder, 'lib', `${name}.d.ts`), named);
  for (const entry of readdirSync(folder, { recursive: true })) {
    const path = join(folder, entry);
    if (path.endsWith('.d.ts') && !named.has(path)) rmSync(path);
  }
}

/** All declarations that one names, directly or round about. */
function reach(path, named) {
  if (named.has(path) || !existsSync(path)) return;
  named.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.ts['"]/g))
    reach(resolve(dirname(path), `${name}.d.ts`), named);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildScripts();
  buildTypes();
}
