#ifndef UNROLL_KERNELS_SEQUENCE_PREVIOUS_STATES_H_
#define UNROLL_KERNELS_SEQUENCE_PREVIOUS_STATES_H_

#include "kernels/sequence/team.h"

namespace unroll {

/// Rows of a factor.
struct StateRows {
  const float* data;
  int64_t stride;
};

/// What the recurrent product of a step multiplies: the states before it, in the walk's order and masked. They are the
/// output of the step before as it lies, or copies where lengths or a mask make these differ.
class PreviousStates {
 public:
  /// Numbers of scratch that all slices of a walk share.
  static int64_t Numbers(const Walk& walk);

  PreviousStates(const Walk& walk, UnitSlice slice, const float* output, float* scratch);

  /// Valid once all slices are kept.
  StateRows Before(int64_t s) const;
  /// Keeps this slice's output of step s for the next one.
  void Keep(int64_t s);

 private:
  void Copy(int64_t i, const float* from, float* to) const;

  const Walk& walk_;
  const UnitSlice slice_;
  const float* output_;
  float* copies_;  // two, read from one while the next goes to the other; null: none are needed
};

/// Of one slice: zeros in the output at padding, and the state after each sequence's last step.
void FinishOutput(const Walk& walk, UnitSlice slice, float* output, float* final_h);

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_PREVIOUS_STATES_H_
