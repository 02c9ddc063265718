#include "matmul/scratch.h"

#include <new>
#include <utility>

namespace unroll {
namespace {
constexpr std::align_val_t kAlignment{64};
}

AlignedFloats::AlignedFloats(int64_t count)
    : data_(static_cast<float*>(::operator new(static_cast<size_t>(count > 0 ? count : 1) * sizeof(float), kAlignment))),
      size_(count) {}

AlignedFloats::~AlignedFloats() { ::operator delete(data_, kAlignment); }

AlignedFloats::AlignedFloats(AlignedFloats&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

AlignedFloats& AlignedFloats::operator=(AlignedFloats&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

float* ThreadScratch(ScratchSlot slot, int64_t count) {
  thread_local AlignedFloats buffers[static_cast<int>(ScratchSlot::kCount)];
  AlignedFloats& buffer = buffers[static_cast<int>(slot)];
  if (buffer.size() < count) buffer = AlignedFloats(count);
  return buffer.data();
}

}  // namespace unroll
