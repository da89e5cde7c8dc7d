import { checkSpec } from '../../compiler/compile.ts';
import { host, load, programOf } from './host.ts';
import { render } from '../../grammar/render.ts';
import { trained } from './train.ts';
const path = process.argv[2];
const c = checkSpec(load(path), host, { profile: process.argv[3] });
console.log(render(c.diagnostics, { color: false }));
if (c.model) {
  const t0 = performance.now();
  const p = programOf(path, {
    profile: process.argv[3],
    target: 'reference',
    float: 'float64',
    dump: (pass, print) => {
      if (process.argv[4] === pass) console.log(print());
    },
  });
  console.log('compiled', performance.now() - t0);
  const r = await trained(p, 5);
  console.log(r.logged.map((l) => JSON.stringify(l)).join('\n'));
  const q = programOf(path, { profile: process.argv[3], target: 'onnx', float: 'float64' });
  const s = await trained(q, 5);
  console.log(s.logged.map((l) => JSON.stringify(l)).join('\n'));
}
