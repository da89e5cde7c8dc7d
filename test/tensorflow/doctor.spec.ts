/** What `ganc doctor` tells people with and without an NVIDIA card; machines are made up, programs are fakes. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { engineFindings } from '../../cli/doctor-engines.ts';
import type { Finding } from '../../cli/finding.ts';
import type { EnginesFound } from '../../runtime/engines/engines-found.ts';
import { findNvidia } from '../../runtime/engines/nvidia.ts';
import type { Nvidia } from '../../runtime/engines/nvidia.ts';

const bare: Nvidia = { cards: [], onBus: false, driver: null, cuda: null, problem: 'there is no nvidia-smi' };
const card: Nvidia = {
  cards: ['NVIDIA A100, 40960 MiB'],
  onBus: true,
  driver: '550.54.14',
  cuda: '12.4',
  problem: null,
};
const built = (variant: 'cpu' | 'cuda', cuda: boolean): EnginesFound['tensorflow'][number] => ({
  binding: `/${variant}.node`,
  variant,
  tensorflow: '2.21.0',
  answer: { ok: true, found: { tensorflow: '2.21.0', cuda } },
});
const nothing: EnginesFound = {
  nvidia: bare,
  onnx: { ok: true, found: { version: '1.30.0', providers: ['cpu', 'webgpu'] } },
  webgpu: { ok: true, found: null },
  tensorflow: [],
  tfjsNode: true,
  dawn: true,
  torch: 'there is no python3',
};

function told(found: Partial<EnginesFound>): Map<string, Finding> {
  const findings = engineFindings({ ...nothing, ...found }, { backend: 'wasm', device: 'cpu' });
  return new Map(findings.map((finding) => [finding.what, finding]));
}

describe('ganc doctor on engines', () => {
  it('finds no fault with a machine that has no card', () => {
    const faults = [...told({}).values()].filter(({ fine, optional }) => !fine && !optional);
    assert.deepEqual(faults, []);
    assert.match(told({}).get('tensorflow')!.hint!, /^`ganc setup tensorflow`;/);
    assert.include(told({}).get('auto')!.found, 'wasm');
  });

  it('says which PyTorch there is, how fast, and what a card lacks', () => {
    const torch = { python: '/python', version: '2.15.0', cards: [], cpu: 12.34, card: null };
    assert.deepInclude(told({}).get('torch'), { fine: false, optional: true });
    assert.match(told({ torch }).get('torch')!.found, /2\.15\.0: \/python; .* 12\.3 ms on the CPU$/);
    assert.match(told({ nvidia: card }).get('torch')!.hint!, /^`ganc setup torch --gpu`/);
    assert.include(told({ torch, nvidia: card }).get('torch')!.found, 'does not use the card');
    const used = told({ torch: { ...torch, cards: ['A100'], card: 0.8 }, nvidia: card }).get('torch')!;
    assert.isTrue(used.fine);
    assert.include(used.found, '0.8 ms on A100: --device auto takes this target');
  });

  it('says what the engine is missing that everything needs', () => {
    const { fine, needed, hint } = told({ onnx: { ok: false, reason: 'not there' } }).get('onnx')!;
    assert.deepEqual([fine, needed, hint], [false, 3, 'npm ci']);
  });

  it('leads a person with an NVIDIA card to training on it, step by step', () => {
    const steps: [Partial<EnginesFound>, string, RegExp][] = [
      [{ nvidia: { ...bare, onBus: true } }, 'nvidia', /install the driver, 525 or newer/],
      [{ nvidia: { ...card, driver: '470.82' } }, 'nvidia', /install the driver, 525 or newer/],
      [{ nvidia: { ...bare, driver: '550.1', problem: 'failed' } }, 'nvidia', /start the machine anew/],
      [
        { nvidia: card, tfjsNode: false },
        'tensorflow',
        /`npm ci` without --omit=optional.*setup tensorflow --gpu`/,
      ],
      [{ nvidia: card }, 'tensorflow', /`ganc setup tensorflow --gpu`/],
      [{ nvidia: card, tensorflow: [built('cpu', false)] }, 'cuda', /`ganc setup tensorflow --gpu`/],
      [{ nvidia: card, tensorflow: [built('cuda', false)] }, 'cuda', /--force/],
    ];
    for (const [found, what, hint] of steps) {
      const finding = told(found).get(what)!;
      assert.isFalse(finding.fine, JSON.stringify(found));
      assert.isNotTrue(finding.optional, JSON.stringify(found));
      assert.match(finding.hint!, hint);
    }
    const torch = { python: '/python', version: '2.15.0', cards: ['A100'], cpu: 12.34, card: 0.8 };
    const all = told({ nvidia: card, tensorflow: [built('cuda', true)], torch });
    assert.isFalse(all.has('cuda'));
    assert.equal(all.get('nvidia')!.found, 'NVIDIA A100, 40960 MiB; driver 550.54.14, for CUDA up to 12.4');
    assert.equal(all.get('tensorflow')!.found, '2.21.0 with CUDA, on a card: /cuda.node');
    assert.isTrue([...all.values()].every(({ fine, what }) => fine || what === 'webgpu'));
  });

  it('tells software adapters from cards, and a broken binding from a missing one', () => {
    const adapter = { vendor: 'google', architecture: 'swiftshader', description: '', software: true };
    assert.match(
      told({ webgpu: { ok: true, found: adapter } }).get('webgpu')!.found,
      /^google swiftshader: software/,
    );
    assert.match(
      told({ webgpu: { ok: false, reason: 'crashed (SIGSEGV)' } }).get('webgpu')!.found,
      /SIGSEGV/,
    );
    const broken = { ...built('cuda', false), answer: { ok: false, reason: 'no such symbol' } } as const;
    const finding = told({ tensorflow: [broken] }).get('tensorflow')!;
    assert.deepEqual([finding.fine, finding.hint], [false, '`ganc setup tensorflow --gpu --force`']);
  });
});

describe('finding NVIDIA cards', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-nvidia-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const smi = (body: string): { PATH: string } => {
    put('bin/nvidia-smi', `#!${process.execPath}\n${body}\n`);
    chmodSync(join(folder, 'bin/nvidia-smi'), 0o755);
    return { PATH: join(folder, 'bin') };
  };

  it('reads nvidia-smi, and the kernel where that fails', async () => {
    const root = join(folder, 'root');
    assert.deepEqual(await findNvidia({ PATH: folder }, root), bare);
    put('root/sys/bus/pci/devices/0000:01:00.0/vendor', '0x10de\n');
    put('root/sys/bus/pci/devices/0000:01:00.0/class', '0x030000\n');
    assert.deepEqual(await findNvidia({ PATH: folder }, root), { ...bare, onBus: true });
    put(
      'root/proc/driver/nvidia/version',
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.14  Release\n',
    );
    const mismatch =
      "console.log('Failed to initialize NVML: Driver/library version mismatch'); process.exit(18)";
    assert.deepEqual(await findNvidia(smi(mismatch), root), {
      ...bare,
      onBus: true,
      driver: '550.54.14',
      problem: 'Failed to initialize NVML: Driver/library version mismatch',
    });
    const works = `console.log(process.argv.length > 2 ? 'NVIDIA A100, 40960 MiB, 550.54.14' : '| Driver Version: 550.54.14  CUDA Version: 12.4 |')`;
    assert.deepEqual(await findNvidia(smi(works), root), card);
  });
});
