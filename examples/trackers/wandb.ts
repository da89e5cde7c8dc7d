/**
 * Trains a spec and follows it in Weights & Biases, by their Python client, which keeps up with their service (their package for Node,
 * @wandb/sdk, has had no release since 2024). In: a spec, and values for its params; out: a run directory, and a run in W&B.
 *
 *     pip install wandb
 *     npx tsx wandb.ts my.gan steps=2000          # WANDB_MODE=offline writes a folder wandb/ instead
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, render } from 'ganc';
import { train, type TrainingEvent } from 'ganc/runtime';

const [path, ...given] = process.argv.slice(2);
if (path === undefined) throw new Error('which spec? npx tsx wandb.ts my.gan steps=2000');
const set = Object.fromEntries(given.map((one) => one.split('=', 2) as [string, string]));
const { program, diagnostics } = compile({ path, text: readFileSync(path, 'utf8') }, { set });
if (program === undefined) throw new Error(render(diagnostics));
const { name, params } = program.manifest;

const client = fileURLToPath(new URL('wandb_log.py', import.meta.url));
const options = ['--name', name, '--config', JSON.stringify(params)];
const python = spawn(process.env.PYTHON ?? 'python3', [client, ...options], {
  stdio: ['pipe', 'inherit', 'inherit'],
});
const gone = once(python, 'exit');
// A client that is gone ends the following, not the training.
python.stdin.on('error', () => undefined);
const onEvent = (event: TrainingEvent): void => void python.stdin.write(`${JSON.stringify(event)}\n`);

const { path: run, outcome } = await train(program, { onEvent });
python.stdin.end(`${JSON.stringify(outcome)}\n`);
const [code] = (await gone) as [number | null];
console.log(`${run}: ${outcome.kind} after iteration ${outcome.iteration}`);
if (code !== 0) console.error('W&B was not followed to the end');
