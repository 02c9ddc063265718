#ifndef UNROLL_CTC_LOSS_H_
#define UNROLL_CTC_LOSS_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

/// Connectionist temporal classification (Graves et al. 2006) of B sequences over T frames, C >= 1 symbols, at most M labels:
///
///   y = softmax(logits)      p(labels) = sum over all alignments of the product of y_t      loss = -ln p(labels)
///
/// where an alignment says one symbol a frame and becomes labels when repetitions are joined and blanks dropped. Sums over
/// alignments are numbers m * 2^e, m and e each a float64: nothing underflows, however many frames there are. What is below
/// e^(-10^9) in a frame counts as impossible. Sequences are shared out to the threads of the pool; bits do not depend on how
/// many there are. No results may alias.
struct CtcCall {
  int64_t time_steps = 0, batch_size = 0, symbols = 0, most_labels = 0;
  const float* logits = nullptr;           // [T, B, C], not read past a length
  const int32_t* labels = nullptr;         // [B, M], ids in [0, C) other than the blank; not read past a number of labels
  const int32_t* label_lengths = nullptr;  // [B], each 0 ... M
  const int32_t* lengths = nullptr;        // [B], each 0 ... T
  int32_t blank = 0;                       // in [0, C)
};

/// Losses: infinity for labels that need more frames than there are, NaN where a logit is none. `occupancy`, unless null, is
/// what the gradient needs: p(frame t of b is a blank | labels) and p(it is label i | labels), zeros in padding and where the
/// loss is not finite.
Status CtcLoss(const CtcCall& call, float* losses /* out [B] */, float* occupancy /* out [T, B, M + 1] */);

/// The gradient of sum_b d_losses[b] * losses[b], d_losses[b] * (y_t(k) - p(frame t is k | labels)): zeros in padding and
/// where the loss is infinite, NaN where it is NaN.
struct CtcGradient {
  const float* losses = nullptr;     // [B], of CtcLoss
  const float* occupancy = nullptr;  // [T, B, M + 1], of CtcLoss
  const float* d_losses = nullptr;   // [B]
  float* d_logits = nullptr;         // out [T, B, C]
};
Status CtcLossGradient(const CtcCall& call, const CtcGradient& gradient);

}  // namespace unroll

#endif  // UNROLL_CTC_LOSS_H_
