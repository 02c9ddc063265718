#ifndef UNROLL_MATMUL_SCRATCH_H_
#define UNROLL_MATMUL_SCRATCH_H_

#include <cstdint>
#include <memory>

namespace unroll {

/// Floats on a cache line of their own, without values.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(int64_t count);
  ~AlignedFloats();
  AlignedFloats(AlignedFloats&& other) noexcept;
  AlignedFloats& operator=(AlignedFloats&& other) noexcept;
  AlignedFloats(const AlignedFloats&) = delete;
  AlignedFloats& operator=(const AlignedFloats&) = delete;

  float* data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  float* data_ = nullptr;
  int64_t size_ = 0;
};

/// Buffers that a thread keeps from call to call, so that large ones are not mapped and cleared again and again. What
/// one holds is gone with the next request for its slot; each slot has one user.
enum class ScratchSlot {
  kPanel,          // matmul: a packed panel of B
  kRows,           // matmul: rewritten rows of A
  kProducts,       // sequences: the recurrent product of a slice
  kInputProducts,  // sequences: the products of some steps' inputs
  kInputRows,      // sequences: inputs without padding
  kStates,         // sequences: the last two states
  kGateGradients,  // sequences: gradients of the gates of all steps
  kStatesBefore,   // sequences: what the recurrent kernel was multiplied by
  kLogits,         // linear cross-entropy: a tile of logits
  kConvolutionArea,     // convolutions: rows of an image with their padding
  kConvolutionFilter,   // convolutions: the filter as tiles read it
  kConvolutionOffsets,  // convolutions: where the numbers of a window lie
  kConvolutionOutputs,  // convolutions: rows of gradients with room behind them
  kCount
};
float* ThreadScratch(ScratchSlot slot, int64_t count);

}  // namespace unroll

#endif  // UNROLL_MATMUL_SCRATCH_H_
