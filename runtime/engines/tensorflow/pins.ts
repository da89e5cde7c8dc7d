/**
 * Which TensorFlow ganc sets up, and the Python wheels that its libraries come out of: names, versions and hashes, so
 * that everybody gets the same bytes. A wheel is chosen for one Python, whatever Python (or none) the person has: only
 * the C++ libraries and the C API's headers are taken out of it.
 *
 * To move to another version: `pip install --dry-run --report - --only-binary :all: --target x --python-version 3.11
 * --platform manylinux_2_27_x86_64 ... 'tensorflow[and-cuda]==VERSION'` prints names, versions and hashes; then
 * `ganc setup tensorflow` must train its step, and the parity tests pass.
 */
import type { Variant } from './home.ts';

export interface Wheel {
  /** As pip calls it. */
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** To download, in bytes. */
  readonly size: number;
}

export const tensorflowVersion = '2.21.0';

/** What pip is told of the machine, for a wheel of this machine's kind and of Python 3.11. */
export const pipTags = [
  ...['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
  ...['manylinux_2_27', 'manylinux2014', 'manylinux_2_17', 'manylinux2010', 'manylinux_2_12'].flatMap(
    (tag) => ['--platform', `${tag}_x86_64`],
  ),
];

/** Read from pip's report of 2026-11-25; sizes of the files. */
// prettier-ignore
export const wheels: Readonly<Record<Variant, readonly Wheel[]>> = {
  cpu: [
    wheel('tensorflow-cpu', tensorflowVersion, '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c', 273_829_956),
  ],
  cuda: [
    wheel('tensorflow', tensorflowVersion, '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124', 572_440_367),
    wheel('nvidia-cublas-cu12', '12.9.3.13', 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72', 581_217_458),
    wheel('nvidia-cuda-cupti-cu12', '12.8.90', 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182', 10_248_621),
    wheel('nvidia-cuda-nvcc-cu12', '12.9.86', '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0', 40_546_229),
    wheel('nvidia-cuda-nvrtc-cu12', '12.9.86', '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4', 89_568_129),
    wheel('nvidia-cuda-runtime-cu12', '12.9.79', '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3', 3_493_179),
    wheel('nvidia-cudnn-cu12', '9.28.0.42', '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375', 716_538_495),
    wheel('nvidia-cufft-cu12', '11.4.1.4', 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28', 200_877_592),
    wheel('nvidia-curand-cu12', '10.3.10.19', '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e', 68_295_626),
    wheel('nvidia-cusolver-cu12', '11.7.5.82', '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88', 338_117_415),
    wheel('nvidia-cusparse-cu12', '12.5.10.65', '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78', 366_465_088),
    wheel('nvidia-nccl-cu12', '2.32.3', 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c', 351_526_311),
    wheel('nvidia-nvjitlink-cu12', '12.9.86', 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9', 39_748_338),
  ],
};

function wheel(name: string, version: string, sha256: string, size: number): Wheel {
  return { name, version, sha256, size };
}

/** Bytes on the disk afterwards, and while it is set up (with the copies that pip keeps); measured. */
export const space: Readonly<Record<Variant, { readonly after: number; readonly during: number }>> = {
  cpu: { after: 0.86e9, during: 1.5e9 },
  cuda: { after: 5.6e9, during: 10e9 },
};
