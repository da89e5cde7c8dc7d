/** Trained runs and their model files, for the tests of these. */
import { mkdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import { inMemory } from '../../runtime/formats/file-bytes.ts';
import { readSafetensors } from '../../runtime/formats/safetensors.ts';
import { memberBytes, zipMembers } from '../../runtime/formats/zip.ts';
import { shell, type Shell } from './shell.ts';

/** Pictures from classes, with an imported block, a batch norm and an average that is shown. */
export const pictures = `gan Faces
import "parts/block.gan"
data faces = mnist(split: train, examples: 60)
sample z ~ normal[5]
sample kind ~ categorical[3]
network G(z: vec[5], kind: onehot[3]) -> image[1, 28, 28] in [0, 1] {
  concat(z, kind) |> dense(49) |> normed |> reshape(1, 7, 7) |> upsample(4) |> sigmoid
}
network D(x: image[1, 28, 28] in [0, 1]) -> logit { x |> flatten |> dense(1) }
let game = adversarial(real: D(faces.image), fake: D(G(z, kind)))
train for 6 steps, batch 8 {
  update D to minimize game.discriminator with adam(1e-2)
  update G to minimize game.generator with adam(1e-2)
  average G decay 0.5
}
report every 2 steps {
  picture shown = grid(G.average(z, kind))
  picture codes = traverse(G(z, kind), rows: kind, columns: z[0])
  metric away = frechet(G(z, kind), faces.image, rows: 40)
}
`;
export const block = 'block normed(x) { x |> batch_norm |> relu }\n';

/** A codebook, a state that a report reads, a history that only updates read. */
export const codes = `gan Codes
data ring = gaussians(rows: 64)
sample z ~ normal[4]
state level: real = 1
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }
network Book(x: vec[2]) -> { passed: vec[2], codes: vec[2], chosen: onehot[5] } { quantize(x, weight([5, 2], form: mat)) }
let fake = G(z)
history old of { x: fake } size 12 chance 0.6
let game = adversarial(real: D(ring.point), fake: D(fake))
let found = Book(ring.point)
train for 6 steps, batch 8 {
  update D to minimize game.discriminator + bce(D(old.x), 0) with adam(0.01)
  update G to minimize game.generator with adam(0.01)
  update Book to minimize mse(found.codes, ring.point) with adam(0.01)
  set level to 0.9 * level + 0.1 * square(mean(ring.point, over: rows)[0])
}
report every 6 steps {
  picture held = scatter(level * found.passed)
  metric near = mean(level * found.codes)
}
`;

export interface Models extends Shell {
  /** Trains the spec in specs/<name>/ to runs/<name>. */
  trained(name: string, text: string, ...more: readonly string[]): Promise<void>;
  /** The run as a file in elsewhere/. */
  handed(name: string, ...more: readonly string[]): Promise<string>;
}

export function models(): Models {
  const home = shell();
  const { run, write, path } = home;
  return {
    ...home,
    async trained(name, text, ...more) {
      mkdirSync(path(`specs/${name}`), { recursive: true });
      const spec = write(`specs/${name}/${name}.gan`, text);
      const to = [
        '--out',
        path(`runs/${name}`),
        '--threads',
        '1',
        '-q',
        '--checkpoint-every',
        '2',
        '--keep',
        '9',
      ];
      const { code, err } = await run(['run', spec, ...to, ...more]);
      assert.equal(code, 0, err);
    },
    async handed(name, ...more) {
      mkdirSync(path('elsewhere'), { recursive: true });
      const file = path(`elsewhere/${name}.ganc`);
      const { code, err } = await run(['export', path(`runs/${name}`), '--out', file, '--force', ...more]);
      assert.equal(code, 0, err);
      return file;
    },
  };
}

/** What the archive holds, by name. */
export const contentsOf = (file: string): Map<string, Buffer> => {
  const bytes = inMemory(readFileSync(file));
  return new Map(
    zipMembers(bytes, file).map((one) => [one.name, Buffer.from(memberBytes(bytes, one, file))]),
  );
};

/** Of its tensors. */
export const namesIn = (file: string): string[] => {
  const [state] = [...contentsOf(file)].filter(([name]) => name.endsWith('state.safetensors'));
  return [...readSafetensors(new Uint8Array(state[1]), file).tensors.keys()];
};
