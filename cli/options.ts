/** Options that several commands take, each with how its text is read. */
import { InvalidArgumentError, Option } from 'commander';

export const setOption = () =>
  new Option('--set <name=value>', 'give a param another value (may be repeated)')
    .default({})
    .argParser((text: string, before: Record<string, string>): Record<string, string> => {
      const [, name, value] = /^\s*([A-Za-z_]\w*)\s*=(.*)$/s.exec(text) ?? [];
      if (name === undefined) throw new InvalidArgumentError('It takes name=value, as in --set width=128.');
      return { ...before, [name]: value.trim() };
    });
export const feedOption = () =>
  new Option(
    '--feed <field=value>',
    'a sound file or a class in the place of the data (may be repeated)',
  ).argParser((text: string, before: Record<string, string> | undefined): Record<string, string> => {
    const [, name, value] = /^\s*([\w.]+)\s*=(.+)$/s.exec(text) ?? [];
    if (name === undefined) throw new InvalidArgumentError('It takes field=value, as in --feed sound=a.wav.');
    return { ...before, [name]: value.trim() };
  });
export const bestOption = () =>
  new Option(
    '--best <which>',
    "the metric that names the best checkpoint: lowest:fid (default: the spec's first)",
  ).argParser((text: string): { readonly metric: string; readonly better: 'higher' | 'lower' } => {
    const [, way, metric] = /^\s*(lowest|highest)\s*:\s*(\w+)\s*$/.exec(text) ?? [];
    if (metric === undefined)
      throw new InvalidArgumentError('It takes lowest:name or highest:name, as in --best lowest:fid.');
    return { metric, better: way === 'lowest' ? 'lower' : 'higher' };
  });
export const setSampleOption = () =>
  new Option(
    '--set-sample <settings...>',
    'a sample\'s value in place of its draws, or a sweep: digit=3 "style[0]=-1..1" z=0 digit=0..9',
  );
export const rangeOption = () =>
  new Option(
    '--range <low,high>',
    'the numbers that are black and white (default: those of the type)',
  ).argParser((text: string): readonly [number, number] => {
    const numbers = text.split(',').map(Number);
    if (numbers.length === 2 && numbers.every(Number.isFinite) && numbers[0] < numbers[1])
      return [numbers[0], numbers[1]];
    throw new InvalidArgumentError('It takes two numbers, the lower one first, as in --range -1,1.');
  });
export const allowOption = () =>
  new Option('--allow <folder>', 'let the spec read files there too (may be repeated)')
    .default([])
    .argParser((text: string, before: string[]): string[] => [...before, text]);
export const profileOption = () =>
  new Option('--profile <name>', "use the values of one of the spec's profiles");
export const targetOption = (unsaid: string) =>
  new Option('--target <target>', `whose engine (default: ${unsaid})`).choices(['onnx', 'tfjs', 'torch']);
export const deviceOption = (unsaid: string) =>
  new Option('--device <device>', `what to compute on (default: ${unsaid})`).choices([
    'auto',
    'cpu',
    'webgpu',
    'cuda',
  ]);
export const checkpointOption = () =>
  new Option('--checkpoint <which>', 'an iteration, or best (default: the newest)');
export const strictOption = () => new Option('--strict', 'take warnings for errors').default(false);
export const quietOption = () => new Option('-q, --quiet', 'say only what went wrong').default(false);
export const count =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most && text.trim() !== '') return value;
    const end = most === Number.MAX_SAFE_INTEGER && !(value > most) ? '' : ` to ${most}`;
    throw new InvalidArgumentError(`It takes a whole number from ${least}${end}.`);
  };

export const nprocOption = () =>
  new Option(
    '--nproc <n>',
    'with --target torch: processes that share each batch, or auto: one a card (default: 1)',
  ).argParser((text: string): number | 'auto' => (text === 'auto' ? 'auto' : count(1)(text)));

export const accumulateOption = () =>
  new Option(
    '--accumulate <n>',
    "a minibatch is n of the spec's batch, computed one after another in the memory of one (default: 1)",
  ).argParser(count(1));

/** `--seeds 1..10` or `1,2,5`: each once. */
export const seedsOption = () =>
  new Option(
    '--seeds <which>',
    'a run each, as in 1..10 or 1,2,5, and a table of their metrics; again: goes on',
  )
    .conflicts(['seed', 'resume'])
    .argParser((text: string): number[] => {
      const ends = /^\s*(\d+)\.\.(\d+)\s*$/.exec(text)?.slice(1);
      const named = (ends ?? text.split(',')).map((one) => count(0)(one));
      const length = named[1] - named[0] + 1;
      const seeds =
        ends === undefined
          ? named
          : Array.from({ length: Math.min(Math.max(0, length), 1001) }, (_, i) => named[0] + i);
      if (seeds.length > 0 && seeds.length <= 1000) return [...new Set(seeds)];
      throw new InvalidArgumentError('It takes 1 to 1000 seeds, as in 1..10 or 1,2,5.');
    });
/** `--sweep width=16,32`, once for each param: its values, as typed. */
export const sweepOption = () =>
  new Option(
    '--sweep <name=values>',
    'a run for each of these values, as in width=16,32 (repeated: for each combination), and a table',
  )
    .conflicts('resume')
    .argParser((text: string, before: Record<string, string[]> | undefined): Record<string, string[]> => {
      const [, name, list] = /^\s*([A-Za-z_]\w*)\s*=(.*)$/s.exec(text) ?? [];
      const values = [...new Set((list ?? '').split(',').map((value) => value.trim()))];
      if (name === undefined || values.includes(''))
        throw new InvalidArgumentError('It takes name=value,value, as in --sweep width=16,32.');
      if (Object.hasOwn(before ?? {}, name))
        throw new InvalidArgumentError(`It says ${name} twice: give all of its values at once.`);
      return { ...before, [name]: values };
    });

/** As many as a large machine has cores, which a small one may repeat a run of; thousands would take any machine away. */
export const threads = count(1, 1024);

export const oneThreadOption = () =>
  new Option('--threads <n>', 'threads of the engine').argParser(threads).default(1);
