/**
 * A spec that trains on segments, beside each of which others stand that are drawn in each pass, and reports on sentences of
 * lengths of their own. A pass over `pair` has two minibatches.
 */
import type { Source } from '../../grammar/source.ts';

export const spoken: Source = {
  path: 'spoken.gan',
  text: `gan Spoken
data segments = voices(split: test, features: log_mel(8), frames: 8, step: 64, tracts: [1, 0.9]) in [-1, 1]
data pair = voices(split: test, from: 2, to: 5, features: log_mel(8), frames: 8, step: 1000) in [-1, 1]
data whole = voices(split: test, speakers: unseen, features: log_mel(8), frames: all) in [-1, 1]
network A(x: seq[8, 2 * T]) -> seq[8, 2 * T] {
  x |> conv(8, 4, stride: 2, pad: 1) |> tanh |> conv_transpose(8, 4, stride: 2, pad: 1)
}
network W(x: seq[8, T]) -> logits[20] { mean(x, over: time) |> dense(20) }
loss drawn = mean(square(segments.same - A(segments.sound))) + mean(square(segments.parallel - A(segments.other)))
loss who = cross_entropy(W(segments.other), segments.other_speaker) + cross_entropy(W(segments.sound), segments.speaker)
loss other = mean(square(pair.parallel - A(pair.sound))) + mean(square(pair.other - A(pair.same)))
let made = A(whole.sound)
train for 8 steps, batch 4 {
  update A to minimize drawn + other with adam(1e-2)
  update W to minimize who with adam(1e-2)
}
report every 4 steps {
  metric far = mean(square(made - whole.parallel))
  metric near = std(whole.same - A(whole.same))
  metric phones = probe(made, whole.phones)
  metric judged = accuracy(W(made), whole.speaker)
  picture spectra = spectrograms(whole.sound, whole.other, made, rows: 3)
}
`,
};
