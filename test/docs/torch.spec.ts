/** docs/torch.md holds what the compiler emits for InfoGAN: printed by this test (UPDATE_GOLDEN=1). */
import { describe, it } from 'mocha';
import { load, programFrom } from '../parity/host.ts';
import { page } from './page.ts';

/** From the line that begins so up to the next line that begins anew. */
function part(text: string, start: string): string {
  const from = text.indexOf(`\n${start}`) + 1;
  const rest = text.slice(from);
  const end = rest.slice(1).search(/\n\n\n/);
  return '```python\n' + rest.slice(0, end + 1).trimEnd() + '\n```';
}

describe('docs/torch.md', () => {
  it('is what the compiler emits', () => {
    const { files } = programFrom(load('specs/infogan.gan'), { target: 'torch' });
    const [networks, updates] = ['networks.py', 'updates.py'].map((name) =>
      new TextDecoder().decode(files[name]),
    );
    page(
      'docs/torch.md',
      `# InfoGAN as a PyTorch program

\`ganc build specs/infogan.gan --target torch\` writes a folder that runs without ganc and without Node:

| file | holds |
|---|---|
| \`networks.py\` | a module for each network, its layers under the names that checkpoints have |
| \`updates.py\` | a function for each update and each evaluation of a report, and the tables that say how they are applied |
| \`train.py\` | \`python train.py\`, \`torchrun --nproc-per-node 2 train.py\` ([cluster.md](cluster.md)), \`python train.py --resume RUN\` |
| \`ganc_torch/\` | the runtime, the same for all specs: schedule, draws, minibatches, checkpoints, ranks |
| \`data/\` | converted rows, mapped into memory; images as bytes |

This page is printed by a test from what the compiler emits. \`ganc run specs/infogan.gan --target torch\` compiles, starts
Python and trains ([engines.md](engines.md#ganc-setup-torch): which Python).

## A network is a module

${part(networks, 'class G(')}

Layers are PyTorch's own where they mean the same. Batch norm is ours ([parts.py](../compiler/targets/torch/ganc_torch/parts.py)): a
network may be called several times in an update, its running statistics move once, and its batch is that of all processes. Dense
weights lie as \`nn.Linear\` has them and are turned over in checkpoints, which are the same for all targets. \`rnn\`, \`gru\` and \`lstm\`
run by the library's kernels ([recurrent.py](../compiler/targets/torch/ganc_torch/recurrent.py)); with a start or a mask, and in updates
that take a \`gradient\`, the recurrence is written out, since not every kernel has a second derivative.

## An update is a function

What no gradient passes through stands under \`torch.no_grad()\`; weights of networks that the update does not name are constants.

What several updates read of a network at the same weights and draws is computed once, before the first of them: the
generator's derivative passes through the fakes that the discriminator saw detached. What the rounds of a \`repeat … fresh: false\` compute alike
is computed in the first of them (\`Shared(shared_1, kept=True)\`).

Calls of one network whose rows know nothing of each other (no batch statistics, no mean over rows, nothing drawn or moved inside, no
\`gradient\` through them) are made as one, over the rows of all: \`real, d = ops.at_once(networks.D, [batch.mnist.image], [fake])\`. That is a product
of twice the rows in the place of two, and the gradient of each weight once.

${part(updates, 'def shared_1(')}

${part(updates, 'def update_1(')}

${part(updates, 'def update_2(')}

Adam, AdamW and SGD are the library's fused kernels, which mean what the language says; numbers of the schedule come in under
names. Other optimizers, and these with \`clip_weights\`, are a rule of one weight that is written out and runs over all of them at once.

${part(updates, '# How each update is applied.')}

A gradient penalty is \`torch.autograd.grad\` with \`create_graph=True\` ([ops.py](../compiler/targets/torch/ganc_torch/ops.py)), so its
second derivative is never dropped; PyTorch fails loudly where there is none.

## What python train.py leaves

A run directory that ganc opens and goes on with: losses, all metrics (in float64, the numbers that ganc computes), checkpoints
with the best one, the log. Pictures and sounds leave their values as arrays in \`values/\` (rows of lengths of their own filled up
with zeros, \`NAME.lengths\` beside them); \`ganc sample RUN NAME\` draws a picture
from a checkpoint. \`data/\` beside the program holds the rows; \`--data DIR\` names another folder. Of recordings (\`voices\`,
\`speech\`) it holds each whole, once, and where in them rows lie; which others stand beside a row in a pass is drawn by the
source's own rule ([stretches.py](../compiler/targets/torch/ganc_torch/stretches.py)), and so is how pictures move, change their
colours and become another size ([pictures.py](../compiler/targets/torch/ganc_torch/pictures.py),
[resize.py](../compiler/targets/torch/ganc_torch/resize.py)): minibatches are those of every target, on the CPU to the
bit. The files are written from a pack where the rows don't fit in memory, and mapped into it by each process (on a card they are
copied there, unless they would take half of what is free). Sentences of any length are reported on in runs of rows of one length.

## ganc run

\`ganc run\` makes the run directory, starts \`train.py\` in it (by torchrun for \`--nproc N\`) and watches: Python has the loop, the
checkpoints and metrics.jsonl. When a report is due Python asks for it, and answers what its values are, from the state where it
lies; metrics, pictures and sounds are drawn by the same code as for every target. Ctrl-C and SIGTERM are passed on, and end
with a checkpoint; so does Python when ganc is gone. Rows lie in ganc's cache (\`rows/\`), once for all runs of the same data; the
first run says how far it is with writing them.

## On a card

Each step graph is captured once as a CUDA graph and replayed (twice where rounds keep something: as the first and as a later one); a block of up to 256 iterations runs without a word from the host,
which makes rows, draws and numbers of the schedule for the block at once and reads its losses at the end. Decisions (\`when\`,
losses that are not finite) are taken on the card. \`--fast\` allows kernels that are not repeatable, \`--precision float32\`
products without TF32. **No card has been seen by this target yet**: the same block loop is tested on the CPU, where nothing is
captured (\`--as-on-a-card\`); [bench/card.py](../bench/card.py) measures where there is one.
`,
    );
  });
});
