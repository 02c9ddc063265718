#include "kernels/sequence/walk.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace unroll {
namespace {

// Multiplications of one thread in one step that outweigh the barrier: 2 to 8 microseconds, so that a single sequence
// through a small layer does not wait for a thread that the system has put aside.
constexpr int64_t kMultiplicationsForAThread = 250'000;
// Up to this many rows a product reads the kernel as it lies, at the speed of memory.
constexpr int64_t kRowsNotWorthPacking = 3;

}  // namespace

Status CheckSequence(const char* kernel, const SequenceInputs& inputs) {
  if (inputs.time_steps < 0 || inputs.batch_size < 0 || inputs.input_size < 0 || inputs.hidden_size < 0)
    return Status::Invalid("unroll: %s: sizes must not be negative", kernel);
  if (inputs.lengths == nullptr) return Status::Ok();
  for (int64_t b = 0; b < inputs.batch_size; ++b) {
    const int32_t length = inputs.lengths[b];
    if (length < 0 || length > inputs.time_steps)
      return Status::Invalid("unroll: %s: lengths[%lld] must be in [0, %lld] (the time steps of input), got %d", kernel,
                             static_cast<long long>(b), static_cast<long long>(inputs.time_steps), length);
  }
  return Status::Ok();
}

int WalkThreads(const SequenceInputs& inputs, int gates) {
  const int64_t multiplications = inputs.batch_size * inputs.hidden_size * inputs.hidden_size * gates;
  const int64_t slices = inputs.hidden_size / (2 * UnitMultiple(gates));
  const int parts = PartCount(multiplications, kMultiplicationsForAThread);
  return static_cast<int>(std::max<int64_t>(1, std::min<int64_t>(parts, slices)));
}

int64_t UnitMultiple(int gates) { return gates == 4 ? 4 : 16; }

SliceProduct::SliceProduct(const SequenceInputs& inputs, const Factor& factor, int64_t k, int gates, ColumnRange first)
    : rows_(inputs.batch_size), k_(k), count_(first.count), hidden_size_(inputs.hidden_size), gates_(gates), first_(first), factor_(factor) {
  if (rows_ <= kRowsNotWorthPacking || inputs.time_steps <= 1) return;
  std::vector<ColumnRange> ranges;
  for (int gate = 0; gate < gates; ++gate) ranges.push_back({first.first + gate * hidden_size_, first.count});
  packed_ = Pack(factor, k, ranges.data(), gates, rows_, CurrentPrecision());
}

SliceProduct SliceProduct::Forward(const SequenceInputs& inputs, int gates, UnitSlice slice) {
  const Factor kernel{inputs.recurrent_kernel, gates * inputs.hidden_size, false};
  return SliceProduct(inputs, kernel, inputs.hidden_size, gates, {slice.begin, slice.count()});
}

SliceProduct SliceProduct::Backward(const SequenceInputs& inputs, int gates, UnitSlice slice) {
  const Factor kernel{inputs.recurrent_kernel, gates * inputs.hidden_size, true};
  return SliceProduct(inputs, kernel, gates * inputs.hidden_size, 1, {slice.begin, slice.count()});
}

void SliceProduct::Multiply(const float* rows, int64_t stride, float* products) const {
  if (packed_ != nullptr) {
    packed_->Multiply(rows_, rows, stride, products, gates_ * count_, false);
    return;
  }
  for (int gate = 0; gate < gates_; ++gate) {
    MatMul product;
    product.m = rows_, product.n = count_, product.k = k_;
    product.a = Factor{rows, stride, false};
    product.b = factor_;
    const int64_t column = first_.first + gate * hidden_size_;
    product.b.data += factor_.transposed ? column * factor_.stride : column;
    product.c = products + gate * count_;
    product.c_stride = gates_ * count_;
    MultiplyOnThisThread(product);
  }
}

void MultiplyInputs(const SequenceInputs& inputs, int gates, float* y, int64_t stride) {
  MatMul product;
  product.m = inputs.time_steps * inputs.batch_size;
  product.n = gates * inputs.hidden_size;
  product.k = inputs.input_size;
  product.a = Factor{inputs.input, inputs.input_size, false};
  product.b = Factor{inputs.input_kernel, product.n, false};
  product.c = y;
  product.c_stride = stride;
  product.bias = inputs.bias;
  Multiply(product);
}

void CopySlice(const SequenceInputs& inputs, UnitSlice slice, const float* from, float* to) {
  for (int64_t b = 0; b < inputs.batch_size; ++b) {
    const int64_t row = b * inputs.hidden_size + slice.begin;
    std::memcpy(to + row, from + row, static_cast<size_t>(slice.count()) * sizeof(float));
  }
}

void MaskSlice(const SequenceInputs& inputs, UnitSlice slice, const float* from, float* to) {
  if (inputs.recurrent_dropout_mask == nullptr) return CopySlice(inputs, slice, from, to);
  for (int64_t b = 0; b < inputs.batch_size; ++b)
    for (int64_t i = b * inputs.hidden_size + slice.begin; i < b * inputs.hidden_size + slice.end; ++i)
      to[i] = from[i] * inputs.recurrent_dropout_mask[i];
}

void AddMasked(const SequenceInputs& inputs, int64_t b, UnitSlice slice, const float* products, float* to) {
  const int64_t row = b * inputs.hidden_size + slice.begin;
  const float* mask = inputs.recurrent_dropout_mask;
  for (int64_t i = 0; i < slice.count(); ++i) to[row + i] += mask == nullptr ? products[i] : products[i] * mask[row + i];
}

}  // namespace unroll
