#include "kernels/sequence/slice_product.h"

#include <algorithm>
#include <vector>

#include "matmul/scratch.h"
#include "unroll/configuration.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

// Up to this many rows a product reads the kernel as it lies, at the speed of memory.
constexpr int64_t kRowsNotWorthPacking = 3;
// Rows of inputs that are multiplied at a time: enough for the product's speed, few enough for its result to stay in cache.
constexpr int64_t kInputRows = 64;

}  // namespace

SliceProduct::SliceProduct(const Factor& matrix, int64_t k, int64_t units, int blocks, UnitSlice slice, int64_t rows, int64_t uses)
    : matrix_(matrix), k_(k), units_(units), blocks_(blocks), slice_(slice) {
  if (rows <= kRowsNotWorthPacking || uses <= 1) return;
  std::vector<ColumnRange> ranges;
  for (int block = 0; block < blocks; ++block) ranges.push_back({block * units + slice.begin, slice.count()});
  packed_ = Pack(matrix, k, ranges.data(), blocks, rows, CurrentPrecision());
}

void SliceProduct::Multiply(int64_t m, const float* a, int64_t stride, float* c, int64_t c_stride, bool accumulate) const {
  if (packed_ != nullptr) return packed_->Multiply(m, a, stride, c, c_stride, accumulate);
  for (int block = 0; block < blocks_; ++block) {
    MatMul product;
    product.m = m, product.n = slice_.count(), product.k = k_;
    product.a = Factor{a, stride, false};
    product.b = matrix_;
    const int64_t column = block * units_ + slice_.begin;
    product.b.data += matrix_.transposed ? column * matrix_.stride : column;
    product.c = c + block * slice_.count();
    product.c_stride = c_stride;
    product.accumulate = accumulate;
    MultiplyOnThisThread(product);
  }
}

SliceProduct RecurrentProduct(const Walk& walk, int gates, UnitSlice slice) {
  const SequenceInputs& in = walk.inputs();
  const Factor kernel{in.recurrent_kernel, gates * in.hidden_size, false};
  return SliceProduct(kernel, in.hidden_size, in.hidden_size, gates, slice, in.batch_size, walk.steps());
}

SliceProduct RecurrentProductBack(const Walk& walk, int gates, UnitSlice slice) {
  const SequenceInputs& in = walk.inputs();
  const Factor kernel{in.recurrent_kernel, gates * in.hidden_size, true};
  return SliceProduct(kernel, gates * in.hidden_size, in.hidden_size, 1, slice, in.batch_size, walk.steps());
}

InputProducts::InputProducts(const Walk& walk, int gates, UnitSlice slice, const Team& team)
    : walk_(walk), whole_(team.threads == 1 && !InsideParallel() && ThreadCount() > 1),
      rows_at_a_time_(whole_ ? walk.rows() : std::max(kInputRows, walk.inputs().batch_size)),
      product_(Factor{walk.inputs().input_kernel, gates * walk.inputs().hidden_size, false}, walk.inputs().input_size, walk.inputs().hidden_size,
               gates, slice, kInputRows, whole_ ? 1 : walk.rows() / kInputRows + 1) {}

float* InputProducts::Step(int64_t s) {
  if (s >= computed_) {
    int64_t rows = walk_.Active(walk_.Time(s)), end = s + 1;
    for (; end < walk_.steps(); ++end) {
      rows += walk_.Active(walk_.Time(end));
      if (rows > rows_at_a_time_) break;
    }
    Compute(s, end);
  }
  return sums_ + (walk_.First(walk_.Time(s)) - first_row_) * product_.width();
}

void InputProducts::Compute(int64_t begin, int64_t end) {
  const SequenceInputs& in = walk_.inputs();
  const int64_t earliest = std::min(walk_.Time(begin), walk_.Time(end - 1)), latest = std::max(walk_.Time(begin), walk_.Time(end - 1));
  first_row_ = walk_.First(earliest);
  computed_ = end;
  const int64_t rows = walk_.First(latest + 1) - first_row_;
  const profile::Span span("input product", rows, product_.width(), in.input_size);
  sums_ = ThreadScratch(ScratchSlot::kInputProducts, rows * product_.width());
  const float* x = in.input + first_row_ * in.input_size;
  if (!walk_.InOrder()) {
    float* gathered = ThreadScratch(ScratchSlot::kInputRows, rows * in.input_size);
    GatherRows(walk_, earliest, latest + 1, in.input_size, in.input, gathered);
    x = gathered;
  }
  if (!whole_) return product_.Multiply(rows, x, in.input_size, sums_, false);
  MatMul product;
  product.m = rows, product.n = product_.width(), product.k = in.input_size;
  product.a = Factor{x, in.input_size, false};
  product.b = Factor{in.input_kernel, product.n, false};
  product.c = sums_;
  product.c_stride = product.n;
  Multiply(product);
}

}  // namespace unroll
