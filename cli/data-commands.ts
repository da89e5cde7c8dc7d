/** `ganc data ...` and `ganc cache ...`: what commands about data and about what is kept of it take. */
import type { Command } from 'commander';
import type { Done } from './exit.ts';
import { allowOption, profileOption, quietOption, setOption } from './options.ts';
import type { Terminal } from './terminal.ts';

export function storing(program: Command, terminal: Terminal, done: Done): void {
  const data = program.command('data').description('what a spec reads');
  data
    .command('pack')
    .description(
      "decode a spec's data once, into the cache: for sets that are larger than memory, and faster starts",
    )
    .argument('<file>', 'a spec')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .addOption(quietOption())
    .action((file, options) => done(import('./pack.ts').then((m) => m.packSpec(file, options, terminal))));
  data
    .command('look')
    .description('what a spec, a file or a folder holds: rows, fields, ranges, classes, the first rows')
    .argument('<what>', 'a spec, a file, a folder, or a source: \'images("a/*.jpg", size: 64)\'')
    .argument('[stream]', "one of a spec's streams")
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .option('--out <file>', 'a picture of the first images, .png')
    .option('--json', 'as JSON', false)
    .action((file, stream, options) =>
      done(import('./look.ts').then((m) => m.look(file, stream, options, terminal))),
    );
  const cache = program
    .command('cache')
    .description("what lies in ganc's cache, and how large it is")
    .option('--json', 'as JSON', false)
    .action((options) => done(import('./cache.ts').then((m) => m.listCache(options, terminal))));
  cache
    .command('remove')
    .description('make room: what is needed again is made again')
    .argument('[names...]', 'as `ganc cache` lists them')
    .option('--all', 'everything', false)
    .action((names, options) =>
      done(import('./cache.ts').then((m) => m.removeCached(names, options, terminal))),
    );
}
