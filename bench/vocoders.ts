/**
 * Sounds to compare vocoders by: `npx tsx bench/vocoders.ts OUT runs/vocoder ...`. In: runs that play a sound of
 * `voices(split: test, speakers: unseen, frames: all)`, their only one. Out: OUT/truth, what four speakers that no training heard
 * say in ten sentences; OUT/griffin_lim, the same of its features; OUT/<run>, the same by each run. bench/vocoders.py compares them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { formatOf, spectrogram } from '../runtime/audio/features.ts';
import { soundOf } from '../runtime/audio/vocoder.ts';
import { writeWav } from '../runtime/formats/wav.ts';
import { speakers } from '../runtime/data/voices/speakers.ts';
import { textsOf } from '../runtime/data/voices/texts.ts';
import { heardSet, sentence } from '../runtime/data/voices/voice-set.ts';

const [out, ...runs] = process.argv.slice(2);
const format = formatOf({ features: 'log_mel(40)', rate: 16000, window: 50, hop: 12.5, emphasis: 0.97 });
const count = (speakers.length - 10) * (textsOf.test[1] - textsOf.test[0]);

function write(system: string, row: number, samples: Float64Array): void {
  mkdirSync(join(out, system), { recursive: true });
  writeFileSync(join(out, system, `${String(row).padStart(2, '0')}.wav`), writeWav(samples, format.rate));
}

let row = 0;
for (let speaker = 10; speaker < speakers.length; speaker++) {
  for (let text = textsOf.test[0]; text < textsOf.test[1]; text++) {
    const truth = Float64Array.from(sentence(heardSet, speaker, text), (x) => x / 32768);
    write('truth', row, truth);
    write('griffin_lim', row++, soundOf(spectrogram(truth, format), format));
  }
}
for (const run of runs) {
  const folder = join(out, basename(run));
  const args = ['bin/ganc.js', 'sample', run, '--count', String(count), '--out', `${folder}/`, '--force'];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
