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

/// Two buffers that a thread keeps from product to product: what they hold is gone with the next call for the slot.
enum class ScratchSlot { kPanel, kRows };
float* ThreadScratch(ScratchSlot slot, int64_t count);

}  // namespace unroll

#endif  // UNROLL_MATMUL_SCRATCH_H_
