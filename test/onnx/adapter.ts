/**
 * A WebGPU adapter for the tests: the machine's own, else SwiftShader, the Vulkan driver on the CPU that Debian's
 * chromium brings. Out: why there is none, or null.
 */
import { existsSync } from 'node:fs';
import { probe } from '../../runtime/engines/tensorflow/probe.ts';

const swiftshader = '/usr/lib/chromium/vk_swiftshader_icd.json';

let asked: Promise<string | null> | undefined;

/** Asked once, in a process of its own; whoever opens a device in this process afterwards finds the same one. */
export function missingAdapter(): Promise<string | null> {
  return (asked ??= ask());
}

async function ask(): Promise<string | null> {
  if (await answers()) return null;
  if (!existsSync(swiftshader)) return 'no WebGPU adapter answers, and chromium is not installed';
  process.env.VK_DRIVER_FILES ??= swiftshader;
  return (await answers()) ? null : 'no WebGPU adapter answers, nor does chromium’s SwiftShader';
}

async function answers(): Promise<boolean> {
  const asked = await probe('webgpu');
  return asked.ok && asked.found !== null;
}
