#ifndef UNROLL_KERNELS_STEPPER_PREPARED_STEPPER_H_
#define UNROLL_KERNELS_STEPPER_PREPARED_STEPPER_H_

#include <cstdint>
#include <vector>

#include "kernels/stepper/layer_panels.h"
#include "kernels/stepper/team_pace.h"
#include "parallel/thread_pool.h"
#include "unroll/stack_stepper.h"

namespace unroll {

struct PreparedLayer {
  StepCell cell;
  LayerCut cut;
  LayerPanels panels;
  int64_t input_size;
  int64_t state;         // where its h begins in the state; c follows
  AlignedFloats next_h;  // [B, H]: the others still read h while a thread makes its units of this
};

/// What one thread reads and writes.
struct ThreadShare {
  AlignedFloats weights;               // panels in the order in which a step reads them
  AlignedFloats id_weights;            // panels of the input kernel, each read once an id
  std::vector<uint8_t> is_kept;        // by id: this thread's part of its product is in `kept`
  AlignedFloats sums, recurrent_sums;  // [B, 4, lanes]
};

/// A stepper with everything in its place: stack_stepper.cc steps it, prepare.cc makes it.
struct PreparedStepper {
  explicit PreparedStepper(const StepperWeights& weights);

  StepInput input;
  int64_t batch_size, input_size, hidden_size, output_size;
  int64_t id_count;
  int64_t state_size = 0, bytes = 0;
  Precision precision;
  StepFunctions functions;
  int threads;
  std::vector<PreparedLayer> layers;
  bool has_head;
  LayerCut head_cut{};
  LayerPanels head;
  std::vector<ThreadShare> shares;
  AlignedFloats embedding;  // [id_count, I]
  AlignedFloats kept;       // [id_count, sums of the first layer]: products of ids plus bias, as far as they are known
  AlignedFloats embedded;   // [B, I], of ids whose products are not kept
  SpinBarrier barrier;
  TeamPace pace;

  bool KeepsProducts() const { return kept.size() > 0; }
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_STEPPER_PREPARED_STEPPER_H_
