/**
 * examples/trackers: a run followed in MLflow, by a server that answers as MLflow's REST API does, and in Weights & Biases, by a
 * module in the place of theirs. Against the real ones they were tried by hand (docs/library.md).
 */
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert } from 'chai';
import { root } from '../docs/page.ts';

const spec = `gan Ring
param width: int = 4
data ring = gaussians(modes: 8)
sample z ~ normal[2]
network G(z: vec[2]) -> vec[2] { z |> dense(width) |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(width) |> leaky_relu |> dense(1) }
loss discriminator_loss = bce(D(ring.point), 1) + bce(D(G(z)), 0)
train for 12 steps, batch 16 {
  update D to minimize discriminator_loss with adam(1e-3)
  update G to minimize bce(D(G(z)), 1) with adam(1e-3)
}
report every 12 steps {
  metric spread = mean(G(z))
  picture points = scatter(G(z))
}
`;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

describe('examples of trackers', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'ganc-trackers-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => writeFileSync(join(folder, 'ring.gan'), spec));

  const example = (name: string, env: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(
      process.execPath,
      [
        '--import',
        join(root, 'node_modules', 'tsx', 'dist', 'esm', 'index.mjs'),
        join(root, 'examples', 'trackers', name),
        join(folder, 'ring.gan'),
        'width=8',
      ],
      {
        cwd: mkdtempSync(join(folder, 'at-')),
        env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...env },
      },
    );

  /** A server whose answers are `answer`'s; what it was asked. */
  async function served(
    answer: (call: Call) => object | null,
    use: (server: string) => Promise<void>,
  ): Promise<Call[]> {
    const calls: Call[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const bytes = Buffer.concat(parts);
        const json = request.headers['content-type'] === 'application/json';
        const body = json ? (JSON.parse(bytes.toString()) as Call['body']) : { bytes: bytes.length };
        const call = { method: request.method ?? '', path: request.url ?? '', body };
        calls.push(call);
        const said = answer(call);
        response.statusCode = said === null ? 500 : 200;
        response.end(JSON.stringify(said));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    return calls;
  }

  const mlflow = ({ path }: Call): object => {
    if (path.endsWith('experiments/create')) return { experiment_id: '7' };
    if (path.endsWith('runs/create'))
      return { run: { info: { run_id: 'r1', artifact_uri: 'mlflow-artifacts:/7/r1/artifacts' } } };
    return {};
  };

  it('MLflow: params, each iteration, metrics, pictures, the end', async () => {
    let said = '';
    const calls = await served(mlflow, async (server) => {
      said = (await example('mlflow.ts', { MLFLOW_TRACKING_URI: server })).stdout;
    });
    assert.match(said, /runs\/ring-1: done after iteration 12/);
    const of = (name: string): Call[] => calls.filter(({ path }) => path.endsWith(name));
    assert.deepEqual(of('experiments/create')[0].body, { name: 'ganc' });
    assert.deepInclude(of('runs/create')[0].body, { experiment_id: '7', run_name: 'Ring' });
    const batches = of('runs/log-batch').map(({ body }) => body);
    assert.deepEqual(batches[0], { run_id: 'r1', params: [{ key: 'width', value: '8' }] });
    const metrics = batches.flatMap(
      (one) => (one.metrics ?? []) as { key: string; value: number; step: number }[],
    );
    const steps = (key: string): number[] => metrics.flatMap((one) => (one.key === key ? [one.step] : []));
    assert.deepEqual(
      steps('loss/discriminator_loss'),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    assert.deepEqual(steps('spread'), [12]);
    assert.lengthOf(steps('objective/update_2'), 12);
    assert.isTrue(metrics.every(({ value }) => Number.isFinite(value)));
    const [picture] = calls.filter(({ method }) => method === 'PUT');
    assert.equal(picture.path, '/api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/points-00000012.png');
    assert.isAbove(picture.body.bytes as number, 1000);
    const last = calls[calls.length - 1];
    assert.deepInclude(last.body, { run_id: 'r1', status: 'FINISHED' });
  });

  it('a server that fails ends the following, not the training', async () => {
    let said = { stdout: '', stderr: '' };
    await served(
      (call) => (call.path.endsWith('log-batch') && call.body.metrics ? null : mlflow(call)),
      async (server) => void (said = await example('mlflow.ts', { MLFLOW_TRACKING_URI: server })),
    );
    assert.include(said.stdout, 'done after iteration 12');
    assert.equal(said.stderr.match(/MLflow is not followed any more/g)?.length, 1);
  });

  it('Weights & Biases: config, each iteration, metrics, pictures, the end', async function () {
    if (spawnSync('python3', ['--version']).status !== 0) this.skip();
    const module = join(folder, 'fake', 'wandb');
    mkdirSync(module, { recursive: true });
    copyFileSync(new URL('./wandb.py', import.meta.url), join(module, '__init__.py'));
    const calls = join(folder, 'calls');
    const { stdout, stderr } = await example('wandb.ts', { PYTHONPATH: join(folder, 'fake'), CALLS: calls });
    assert.include(stdout, 'done after iteration 12', stderr);
    const lines = readFileSync(calls, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { call: string; step: number; values: Record<string, unknown> });
    assert.deepEqual(lines[0], {
      call: 'init',
      project: 'ganc',
      name: 'Ring',
      config: { width: 8 },
    } as never);
    const logged = lines.filter(({ call }) => call === 'log');
    const losses = logged.filter(({ values }) => 'loss/discriminator_loss' in values);
    assert.deepEqual(
      losses.map(({ step }) => step),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    assert.property(losses[0].values, 'objective/update_2');
    const late = Object.assign(
      {},
      ...logged.filter(({ step }) => step === 12).map(({ values }) => values),
    ) as object;
    assert.containsAllKeys(late, ['spread', 'points']);
    assert.propertyVal(late, 'points', 'image points-00000012.png');
    assert.deepEqual(lines[lines.length - 1], { call: 'finish', code: 0 } as never);
  });
});
