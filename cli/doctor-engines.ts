/** What `ganc doctor` says about engines. In: what was found (runtime/engines/engines-found.ts); out: findings; no questions. */
import type { EnginesFound } from '../runtime/engines/engines-found.ts';
import { oldestDriver } from '../runtime/engines/nvidia.ts';
import { toInstall } from '../runtime/own-package.ts';
import type { Choice } from '../runtime/engines/tensorflow/choose.ts';
import { exitCodes } from './exit.ts';
import type { Finding } from './finding.ts';

/** In the order of need: what always works first. `auto` is what the tfjs target takes of it. */
export function engineFindings(found: EnginesFound, auto: Choice): Finding[] {
  return [onnx(found), webgpu(found), nvidia(found), ...torch(found), ...tensorflow(found), device(auto)];
}

function onnx({ onnx: answer }: EnginesFound): Finding {
  const needed = exitCodes.noEngine;
  if (!answer.ok)
    return { what: 'onnx', fine: false, found: answer.reason, hint: toInstall('onnxruntime-node'), needed };
  const { version, providers } = answer.found;
  return {
    what: 'onnx',
    fine: true,
    found: `onnxruntime-node ${version}, its code for ${providers.join(', ')}`,
    needed,
  };
}

function webgpu({ webgpu: answer, dawn }: EnginesFound): Finding {
  const none = { what: 'webgpu', fine: false };
  if (!dawn)
    return {
      ...none,
      optional: true,
      found: 'the package webgpu, which asks for cards, is not installed',
      hint: toInstall('webgpu'),
    };
  if (!answer.ok)
    return {
      ...none,
      found: `asking for an adapter failed: ${answer.reason}`,
      hint: "the graphics driver's Vulkan is broken; the CPU and CUDA don't need it",
    };
  if (answer.found === null) {
    const hint =
      "a graphics card's driver brings one (on Linux with libvulkan1 and more, docs/webgpu.md); docs/engines.md: without a card";
    return { ...none, optional: true, found: 'no adapter answers', hint };
  }
  const { vendor, architecture, description, software } = answer.found;
  const name = [vendor, architecture, description && `(${description})`].filter(Boolean).join(' ');
  const slow = ': software on the CPU, slow, good for tests; --device auto passes it by';
  return { what: 'webgpu', fine: true, found: `${name}${software ? slow : ''}` };
}

const driverHint =
  `install the driver, ${oldestDriver} or newer (Ubuntu: \`ubuntu-drivers install\`; Debian: \`apt install nvidia-driver\`), ` +
  'and start the machine anew; CUDA itself need not be installed';

function nvidia({ nvidia: { cards, onBus, driver, cuda, problem } }: EnginesFound): Finding {
  const what = 'nvidia';
  if (driver === null && !onBus && cards.length === 0) {
    return {
      what,
      fine: false,
      optional: true,
      found: 'no card, or none that is let in here',
      hint: 'in a container: start it with --gpus all',
    };
  }
  if (driver === null)
    return { what, fine: false, found: 'a card is there, its driver is not', hint: driverHint };
  if (problem !== null) {
    const hint =
      'after an update of the driver: start the machine anew; in a container: start it with --gpus all';
    return { what, fine: false, found: `driver ${driver}, but the card doesn't answer: ${problem}`, hint };
  }
  const found = `${cards.join('; ')}; driver ${driver}${cuda === null ? '' : `, for CUDA up to ${cuda}`}`;
  if (Number(driver.split('.')[0]) >= oldestDriver) return { what, fine: true, found };
  return { what, fine: false, found: `${found}: too old for CUDA 12`, hint: driverHint };
}

/** With a card it is what `--device auto` trains on, so its absence is a fault there. */
function torch({ torch: answer, nvidia: { cards: seen } }: EnginesFound): Finding[] {
  const what = 'torch';
  const type = `\`ganc setup torch${seen.length > 0 ? ' --gpu' : ''}\``;
  if (typeof answer === 'string') {
    const hint = `${type} makes a Python with PyTorch; --python PATH takes one that is there`;
    return [{ what, fine: false, optional: seen.length === 0, found: answer, hint }];
  }
  const { python, version, cards, cpu, card } = answer;
  const place =
    card === null ? '' : `, ${card.toFixed(1)} ms on ${cards.join(', ')}: --device auto takes this target`;
  const found = `PyTorch ${version}: ${python}; a small training step takes ${cpu.toFixed(1)} ms on the CPU${place}`;
  const fine: Finding = { what, fine: true, found };
  if (seen.length === 0 || card !== null) return [fine];
  const hint = `${type}, or with --force if you did; \`nvidia-smi\` says whether the driver is new enough`;
  return [fine, { what, fine: false, found: 'PyTorch does not use the card', hint }];
}

function tensorflow({ nvidia: { cards }, tensorflow: built, tfjsNode }: EnginesFound): Finding[] {
  const what = 'tensorflow';
  const card = cards.length > 0;
  const type = `\`ganc setup tensorflow${card ? ' --gpu' : ''}\``;
  if (!tfjsNode)
    return [
      {
        what,
        fine: false,
        optional: !card,
        found: 'the package tfjs-node-gpu was left out',
        hint: `\`${toInstall('@tensorflow/tfjs-node-gpu')}\` without --omit=optional, then ${type}`,
      },
    ];
  if (built.length === 0) {
    const found = 'not set up; the target tfjs does without it, more slowly';
    return [
      { what, fine: false, optional: !card, found, hint: `${type}; a C++ compiler and pip are needed` },
    ];
  }
  const findings = built.map(({ binding, variant, answer }): Finding => {
    const again = `\`ganc setup tensorflow${variant === 'cuda' ? ' --gpu' : ''} --force\``;
    if (!answer.ok) return { what, fine: false, found: `${binding}: ${answer.reason}`, hint: again };
    const { tensorflow: version, cuda } = answer.found;
    const kind = { cpu: 'for the CPU', cuda: 'with CUDA', own: "by tfjs-node-gpu's own script" }[variant];
    const place = cuda ? ', on a card' : variant === 'cuda' ? ', no card answers it' : '';
    return { what, fine: true, found: `${version} ${kind}${place}: ${binding}` };
  });
  if (!card || built.some(({ answer }) => answer.ok && answer.found.cuda)) return findings;
  const found = "TensorFlow doesn't use the card";
  return [...findings, { what: 'cuda', fine: false, found, hint: `${type}, or with --force if you did` }];
}

function device({ backend, device }: Choice): Finding {
  const place =
    backend === 'tensorflow' ? `TensorFlow on ${device === 'cuda' ? 'CUDA' : 'the CPU'}` : backend;
  return { what: 'auto', fine: true, found: `--device auto takes ${place} for the target tfjs` };
}
