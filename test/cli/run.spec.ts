import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { assert } from 'chai';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { readNpy } from '../../runtime/formats/npy.ts';
import { hasCuda } from '../../runtime/engines/onnx-device.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { events, ring, shell } from './shell.ts';

const { run, write, path, read, weights } = shell();

describe('ganc run', () => {
  before(async () => {
    write('ring.gan', ring);
    const { code, err } = await run(['run', path('ring.gan'), '--out', path('whole'), '--threads', '1']);
    assert.equal(code, 0, err);
    assert.match(err, /whole: Ring, 91 weights in G, D, about \d+ MiB, seed 1\n/);
    assert.match(err, /iteration 30: spread 0?\.\d+/);
    assert.match(err, /done after iteration 30\n/);
  });

  it('fills the run directory', () => {
    for (const file of [
      'program/manifest.json',
      'spec.gan',
      'run.json',
      'log.txt',
      'pictures/points-00000030.png',
    ]) {
      assert.isTrue(existsSync(path(`whole/${file}`)), file);
    }
    const rows = read('whole/metrics.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    assert.lengthOf(
      rows.filter((row) => 'losses' in row),
      30,
    );
    assert.lengthOf(
      rows.filter((row) => 'metric' in row),
      3,
    );
    assert.equal(read('whole/spec.gan'), ring);
  });

  it('never writes into a directory that is taken', async () => {
    const { code, err } = await run(['run', path('ring.gan'), '--out', path('whole')]);
    assert.equal(code, 2);
    assert.match(err, /already holds something: choose another --out, or --resume/);
  });

  it('gives one JSON object a line, and the same weights', async () => {
    const { code, out, err } = await run([
      'run',
      path('ring.gan'),
      '--out',
      path('json'),
      '--threads',
      '1',
      '--json',
    ]);
    assert.equal(code, 0);
    assert.equal(err, '');
    const seen = events(out);
    assert.deepEqual(seen.at(-1) as unknown, { kind: 'done', iteration: 30 });
    const metrics = seen.flatMap((event) => (event.kind === 'metric' ? [event.iteration] : []));
    assert.deepEqual(metrics, [10, 20, 30]);
    assert.deepEqual(weights('json'), weights('whole'));
  });

  it('stops at Ctrl-C with a checkpoint, goes on, and ends as the run that was left alone', async () => {
    const onInterrupt = (listen: () => void) => {
      setTimeout(listen, 1);
      return () => undefined;
    };
    const stopped = await run(['run', path('ring.gan'), '--out', path('to be cut'), '--threads', '1'], {
      onInterrupt,
    });
    assert.equal(stopped.code, 130);
    assert.match(stopped.err, /stopping after this iteration/);
    assert.include(stopped.err, `\`ganc run --resume '${path('to be cut')}'\` goes on\n`);
    renameSync(path('to be cut'), path('cut'));
    const { iteration } = newestCheckpoint(inside(path('cut')).checkpoints)!.position;
    assert.isBelow(iteration, 30);
    const resumed = await run(['run', '--resume', path('cut')]);
    assert.equal(resumed.code, 0);
    assert.match(resumed.err, new RegExp(`resumed after iteration ${iteration}\n`));
    assert.deepEqual(weights('cut'), weights('whole'));
    assert.equal(read('cut/metrics.jsonl'), read('whole/metrics.jsonl'));
  });

  it('takes the two signals of a closed terminal for one, and a second Ctrl-C for a wish to end at once', async () => {
    const asked = async (out: string, signal: 'SIGHUP' | 'SIGINT') => {
      let died = 0;
      const { code } = await run(['run', path('ring.gan'), '--out', path(out), '--threads', '1'], {
        onInterrupt(listen) {
          setTimeout(() => [signal, signal].forEach((one) => listen(one)), 1);
          return () => undefined;
        },
        die: () => void died++,
      });
      return { code, died };
    };
    assert.deepEqual(await asked('closed', 'SIGHUP'), { code: 130, died: 0 });
    assert.deepEqual(await asked('impatient', 'SIGINT'), { code: 130, died: 1 });
  });

  it('may be cut by --steps and lengthened by --epochs', async () => {
    await run(['run', path('ring.gan'), '--out', path('short'), '--threads', '1', '--steps', '4', '--quiet']);
    assert.equal(newestCheckpoint(inside(path('short')).checkpoints)!.position.iteration, 4);
    const { code, err } = await run(['run', '--resume', path('short'), '--epochs', '5', '--quiet']);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(weights('short'), weights('whole'));
  });

  it('refuses to go on under another spec, shows what changed, and can be forced', async () => {
    await run([
      'run',
      write('other.gan', ring),
      '--out',
      path('other'),
      '--threads',
      '1',
      '--steps',
      '3',
      '--quiet',
    ]);
    write('other.gan', ring.replace('dense(8) |> leaky_relu', 'dense(8) |> relu'));
    const refused = await run(['run', '--resume', path('other')]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /other\.gan is not the spec that the run was started with/);
    assert.match(refused.err, /- network D.*leaky_relu/);
    assert.match(refused.err, /\+ network D.*\|> relu/);
    assert.match(refused.err, /Go on with --force, or start a new run\./);
    const set = await run(['run', '--resume', path('other'), '--set', 'rate=0.5']);
    assert.match(set.err, /param rate: 0\.001 then, 0\.5 now/);
    write('other.gan', ring.replaceAll('adam(rate)', 'adam(2 * rate)'));
    const faster = await run(['run', '--resume', path('other')]);
    assert.include(faster.err, '  the computation of update_1 (of D), update_2 (of G)\n  in the spec:\n');
    // Each update is said once as it was and once as it is.
    assert.deepEqual(
      ['adam(rate)', 'adam(2 * rate)'].map((text) => faster.err.split(text).length - 1),
      [2, 2],
    );
    write('other.gan', ring.replace('dense(8) |> leaky_relu', 'dense(8) |> relu'));
    const forced = await run(['run', '--resume', path('other'), '--force', '--steps', '5']);
    assert.equal(forced.code, 0, forced.err);
    assert.match(forced.err, /forced although/);
  });

  it('goes on under a spec that says the same otherwise', async () => {
    await run([
      'run',
      write('same.gan', ring),
      '--out',
      path('same'),
      '--threads',
      '1',
      '--steps',
      '3',
      '--quiet',
    ]);
    write('same.gan', ring.replaceAll('adam(rate)', 'adam(rate, betas: [0.9, 0.999])'));
    const { code, err } = await run(['run', '--resume', path('same')]);
    assert.equal(code, 0, err);
    assert.match(err, /nothing that trains changed in .*same\.gan: going on\n/);
    assert.deepEqual(weights('same'), weights('whole'));
  });

  it('goes on under changed reports, and runs the new ones', async () => {
    await run([
      'run',
      write('told.gan', ring),
      '--out',
      path('told'),
      '--threads',
      '1',
      '--steps',
      '3',
      '--quiet',
    ]);
    write('told.gan', ring.replace('picture points = scatter(fake)', 'metric centre = std(fake, rows: 9)'));
    const { code, err } = await run(['run', '--resume', path('told')]);
    assert.equal(code, 0, err);
    assert.match(err, /nothing that trains changed in .*told\.gan: going on\n/);
    assert.match(err, /iteration 30: centre/);
    assert.deepEqual(weights('told'), weights('whole'));
  });

  it('names the spec where it is another one, the data where that changed, and reports only where they did', async () => {
    const tabled = ring
      .replace('gaussians(rows: 100)', 'csv("table.csv", columns: "x, y")')
      .replace('ring.point', 'ring.values');
    const table = `x,y\n${'1,2\n3,4\n'.repeat(10)}`;
    write('table.csv', table);
    const made = ['run', write('tabled.gan', tabled), '--out', path('tabled'), '--threads', '1'];
    assert.equal((await run([...made, '--steps', '3', '--quiet'])).code, 0);
    const again = ['run', '--resume', path('tabled'), '--steps', '4'];
    const other = await run([...again.slice(0, 1), write('untabled.gan', ring), ...again.slice(1)]);
    assert.match(other.err, /untabled\.gan is not the spec that the run was started with/);
    write('table.csv', table.replace('1,2', '1,3'));
    assert.match((await run(again)).err, /not what the run was trained on:\n {2}data ring: the content/);
    const forced = await run([...again, '--force']);
    assert.equal(forced.code, 0, forced.err);
    assert.notInclude(forced.err, 'only reports');
    rmSync(path('table.csv'));
    assert.include((await run(again)).err, 'no file is there for csv (file: table.csv');
    const elsewhere = await run([...again, '--out', path('tabled-2')]);
    assert.match(elsewhere.err, /'--out <folder>' cannot be used with option '--resume <folder>'/);
  });

  it('says which files of which data are missing, and writes nothing', async () => {
    write(
      'elsewhere.gan',
      ring
        .replace('gaussians(rows: 100)', 'csv("there/points.csv", columns: "x, y")')
        .replace('ring.point', 'ring.values'),
    );
    const { code, err } = await run(['run', path('elsewhere.gan'), '--out', path('elsewhere')]);
    assert.equal(code, 2);
    assert.match(
      err,
      /data ring: no file is there for csv \(file: there\/points\.csv, from the spec's folder\)/,
    );
    assert.isFalse(existsSync(path('elsewhere')));
  });

  it('refuses another seed, other threads, a device that is not there', async () => {
    const cases: [string[], number, RegExp][] = [
      [['run', '--resume', path('whole'), '--seed', '2'], 2, /a run keeps its seed/],
      [['run', '--resume', path('whole'), '--threads', '2'], 2, /threads: 1 then, 2 now/],
      // Where somebody has installed it, it may start.
      ...(hasCuda()
        ? []
        : [
            [['run', path('ring.gan'), '--device', 'cuda'], 3, /no CUDA provider here/] as [
              string[],
              number,
              RegExp,
            ],
          ]),
    ];
    for (const [args, code, message] of cases) {
      const said = await run(args);
      assert.equal(said.code, code);
      assert.match(said.err, message);
    }
  });

  it('ends with 4 where a loss is no number any more, and keeps the last good checkpoint', async () => {
    const file = write(
      'wild.gan',
      ring
        .replace('with adam(rate)', 'with sgd(rate)')
        .replace(
          'loss discriminator_loss = game.discriminator',
          'loss discriminator_loss = exp(exp(game.discriminator))',
        ),
    );
    const { code, err } = await run([
      'run',
      file,
      '--out',
      path('wild'),
      '--set',
      'rate=1e6',
      '--checkpoint-every',
      '1',
    ]);
    assert.equal(code, 4, err);
    assert.match(
      err,
      /training failed: in iteration \d+, .* of update_1 became (NaN|Infinity)|what update_1 minimises became/,
    );
    assert.match(err, /; (the checkpoint of iteration \d+ is kept|no checkpoint was written yet)/);
  });

  it('samples a picture, and values as npy', async () => {
    const picture = await run(['sample', path('whole'), 'points', '--out', path('points.png')]);
    assert.equal(picture.code, 0, picture.err);
    assert.deepEqual(
      readFileSync(path('points.png')),
      readFileSync(path('whole/pictures/points-00000030.png')),
    );
    const drawn = ['--out', path('points.npy'), '--count', '7', '--seed', '3'];
    const values = await run(['sample', path('whole'), 'points', ...drawn]);
    assert.equal(values.code, 0, values.err);
    assert.deepEqual(readNpy(new Uint8Array(readFileSync(path('points.npy'))), 'points.npy').shape, [7, 2]);
    const typo = await run(['sample', path('whole'), 'pionts']);
    assert.equal(typo.code, 2);
    assert.match(typo.err, /did you mean points\?/);
    const none = await run(['sample', path('whole'), 'points', '--checkpoint', '7']);
    assert.match(none.err, /has no whole checkpoint 7: it has those of the iterations 30/);
  });
});
