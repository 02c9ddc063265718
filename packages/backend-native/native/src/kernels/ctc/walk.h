#ifndef UNROLL_KERNELS_CTC_WALK_H_
#define UNROLL_KERNELS_CTC_WALK_H_

#include <cstdint>
#include <vector>

#include "kernels/ctc/steps.h"

namespace unroll {

/// One sequence of L labels over `length` frames.
struct CtcSequence {
  int64_t length = 0, labels = 0, symbols = 0;
  const float* logits = nullptr;  // of frame 0
  int64_t frame_stride = 0;       // numbers from one frame's logits to the next's
  const int32_t* ids = nullptr;   // [L]
  int32_t blank = 0;
};

/// Sums over the alignments of one sequence after another; memory is kept.
///
/// An alignment goes through blank 0, label 0, blank 1, label 1 ... blank L: in each frame on to the next of them or not, and from a
/// label past the blank to the next label if that is another symbol.
class CtcWalk {
 public:
  /// Sums over beginnings of alignments. With `keep` those of all frames stay for WriteOccupancy.
  /// @returns ln p(labels): minus infinity if nothing leads to the end, NaN where a logit is none
  double Forward(const CtcSequence& sequence, bool keep);

  /// Sums over ends of alignments, and with them p(frame t is a blank | labels), p(it is label i | labels), i = 0 ... L - 1. To be
  /// called after a Forward with `keep` and a finite result.
  /// @param occupancy - of frame 0, `stride` numbers from one frame to the next; what lies behind L + 1 of them is left as it is
  void WriteOccupancy(float* occupancy, int64_t stride);

 private:
  /// @returns false if a logit is no number
  bool ReadFrame(int64_t t);
  CtcFrame FrameAt(int64_t t) const;
  CtcRow RowAt(std::vector<double>& rows, int64_t t) const { return CtcRow(rows.data() + kCtcArrays * width_ * t, width_); }

  CtcSequence sequence_;
  int64_t kept_ = 0;   // frames: all, or one
  int64_t count_ = 0;  // places
  int64_t width_ = 0;  // of one array of a row
  CtcNumber total_;
  std::vector<double> skips_;      // [count + 1]
  std::vector<double> scratch_;    // [count]
  std::vector<double> emissions_;  // of each kept frame m, e [count]
  std::vector<CtcNumber> blanks_;  // of each kept frame
  std::vector<double> alpha_;      // a row before frame 0, and one for each kept frame
  std::vector<double> beta_;       // two rows
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_CTC_WALK_H_
