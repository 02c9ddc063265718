#ifndef UNROLL_KERNELS_SEQUENCE_WALK_H_
#define UNROLL_KERNELS_SEQUENCE_WALK_H_

#include <cstdint>
#include <memory>

#include "parallel/thread_pool.h"
#include "unroll/matmul.h"
#include "unroll/sequence.h"

namespace unroll {

// How the recurrent kernels walk time on several threads. The products of all inputs are taken before the walk, those
// of the weight gradients after it. Within it each thread owns a slice of the hidden units: it multiplies the whole
// previous state by its columns of the recurrent kernel (packed once a call), passes its gates, and then waits for the
// other slices of the new state: one barrier a step.

/// Hidden units [begin, end) of one thread.
struct UnitSlice {
  int64_t begin, end;
  int64_t count() const { return end - begin; }
};

/// Which step comes when, and where the state before a step lies.
class Walk {
 public:
  explicit Walk(const SequenceInputs& inputs) : inputs_(inputs) {}

  /// The time index of step `s` of the forward walk.
  int64_t Time(int64_t s) const { return inputs_.reverse ? inputs_.time_steps - 1 - s : s; }

  bool IsPadding(int64_t t, int64_t b) const { return inputs_.lengths != nullptr && t >= inputs_.lengths[b]; }

  /// The first step of sequence b that is no padding, in walking order (-1 if there is none).
  int64_t FirstTime(int64_t b) const {
    const int64_t length = inputs_.lengths == nullptr ? inputs_.time_steps : inputs_.lengths[b];
    return length == 0 ? -1 : inputs_.reverse ? length - 1 : 0;
  }

  /// Row b of the state before step t, out of states that were kept for all steps [T, B, H] and the initial ones.
  const float* StateBefore(int64_t t, int64_t b, const float* states, const float* initial) const {
    if (t == FirstTime(b)) return initial + b * inputs_.hidden_size;
    const int64_t before = inputs_.reverse ? t + 1 : t - 1;
    return states + (before * inputs_.batch_size + b) * inputs_.hidden_size;
  }

 private:
  const SequenceInputs& inputs_;
};

/// How many threads share the units of a layer: one if a step's `multiplications` are too few to be worth a barrier.
int WalkThreads(const SequenceInputs& inputs, int gates);

/// Slices are multiples of this many units, so that all gates of a slice together fill whole vectors.
int64_t UnitMultiple(int gates);

/// The recurrent product of one slice of units: packed if it will be used often, else the kernel as it lies.
class SliceProduct {
 public:
  /// Columns of `gates` blocks of `kernel` [H, gates*H]: N = gates * slice.count(), gate after gate.
  static SliceProduct Forward(const SequenceInputs& inputs, int gates, UnitSlice slice);
  /// Columns `slice` of the transposed kernel [gates*H, H].
  static SliceProduct Backward(const SequenceInputs& inputs, int gates, UnitSlice slice);

  /// products [B, N] = rows [B, K] * columns, on the calling thread.
  void Multiply(const float* rows, int64_t stride, float* products) const;

 private:
  SliceProduct(const SequenceInputs& inputs, const Factor& factor, int64_t k, int gates, ColumnRange first);

  int64_t rows_, k_, count_, hidden_size_;
  int gates_;
  ColumnRange first_;
  Factor factor_;
  std::unique_ptr<PackedMatrix> packed_;  // null: use factor_
};

/// y[T*B rows, each `stride` apart, G*H wide] = input * input_kernel + bias.
void MultiplyInputs(const SequenceInputs& inputs, int gates, float* y, int64_t stride);

/// Copies columns `slice` of [B, H] rows.
void CopySlice(const SequenceInputs& inputs, UnitSlice slice, const float* from, float* to);

/// to = from * mask, or a copy where there is no mask: the state as the recurrent product sees it.
void MaskSlice(const SequenceInputs& inputs, UnitSlice slice, const float* from, float* to);

/// Row b of `to` += products * mask, the way back through MaskSlice; products holds the slice's columns alone.
void AddMasked(const SequenceInputs& inputs, int64_t b, UnitSlice slice, const float* products, float* to);

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_WALK_H_
