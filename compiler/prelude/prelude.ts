/**
 * The text of losses.gan, so that the compiler stays pure. Kept in step by test/vocabulary/prelude.spec.ts
 * (UPDATE_GOLDEN=1 rewrites it): edit the .gan file.
 */
export const prelude = `// Losses that the language can say itself. A spec's own declarations hide these.

// ------------------------------------------------------------ penalties on a critic's gradient

/// WGAN-GP: the gradient's norm is held at 1 between real and generated rows.
/// Gulrajani et al. 2017, arXiv:1704.00028, equation 3. Add it to the critic's loss, 10 times.
fn gradient_penalty(critic, real, fake) =
  square(norm(gradient(critic(between(real, fake)), between(real, fake))) - 1)

/// WGAN-LP: only norms above 1 are punished. Petzka et al. 2017, arXiv:1709.08894.
fn lipschitz_penalty(critic, real, fake) =
  square(max(0, norm(gradient(critic(between(real, fake)), between(real, fake))) - 1))

/// R1 or R2: half the squared gradient at real (or generated) rows. Mescheder et al. 2018, arXiv:1801.04406.
fn zero_penalty(critic, x) = 0.5 * sum(square(gradient(critic(x), x)))

/// Keeps a critic's scores near 0 (the drift term of Karras et al. 2017, arXiv:1710.10196, 0.001 times).
fn drift(score) = square(score)

// ------------------------------------------------------------ pieces of adversarial losses

/// The hinge loss of an answer to a real row. Lim & Ye 2017, arXiv:1705.02894.
fn hinge_real(score) = max(0, 1 - score)
/// The hinge loss of an answer to a generated row.
fn hinge_fake(score) = max(0, 1 + score)

/// The least squares loss of an answer to a real row. Mao et al. 2016, arXiv:1611.04076.
fn square_real(score) = 0.5 * square(score - 1)
/// The least squares loss of an answer to a generated row.
fn square_fake(score) = 0.5 * square(score)

/// Means of a layer's features over the batch, real against generated. Salimans et al. 2016, arXiv:1606.03498.
fn feature_matching(real, fake) = sum(square(mean(real, over: rows) - mean(fake, over: rows)))

// ------------------------------------------------------------ distances and embeddings

/// 1 - cosine of the angle between two rows; 1 where one of them is 0.
fn cosine_distance(a, b) = 1 - sum(a * b) / max(norm(a) * norm(b), 1e-8)

/// Twins close, strangers at least \`margin\` apart. Hadsell, Chopra & LeCun 2006.
fn contrastive(twin, stranger, margin: real = 1) = square(twin) + square(max(0, margin - stranger))

/// An anchor nearer to its twin than to a stranger, by \`margin\`. Schroff et al. 2015, arXiv:1503.03832.
fn triplet(anchor, twin, stranger, margin: real = 1) =
  max(0, square(distance(anchor, twin)) - square(distance(anchor, stranger)) + margin)

/// Squared error for small gaps, straight beyond \`knee\`, averaged over a row. Huber 1964.
fn huber(a, b, knee: real = 1) =
  mean(0.5 * square(min(abs(a - b), knee)) + knee * max(0, abs(a - b) - knee))

/// Root of squared error that is smooth at 0, averaged over a row. Charbonnier et al. 1994.
fn charbonnier(a, b, epsilon: real = 1e-3) = mean(sqrt(square(a - b) + epsilon ^ 2))
`;
