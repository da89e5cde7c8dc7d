/** Prints what the checker says of a spec: `npx tsx test/check/show.mts FILE...` */
import { checkSpec } from '../../compiler/compile.ts';
import { render } from '../../grammar/render.ts';
import { host, load } from '../parity/host.ts';

for (const path of process.argv.slice(2)) {
  const { diagnostics, model } = checkSpec(load(path), host);
  console.log(`== ${path}: ${diagnostics.length}${model ? ' (model)' : ''}`);
  console.log(render(diagnostics, { color: false, width: 100 }));
}
