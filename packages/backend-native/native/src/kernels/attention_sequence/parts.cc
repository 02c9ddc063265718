#include "kernels/attention_sequence/parts.h"

#include <algorithm>

#include "parallel/thread_pool.h"

namespace unroll {
namespace {

// Multiplications that outweigh waking a thread, and rows of which a product is worth dividing.
constexpr int64_t kMultiplicationsOfAThread = 400'000;
constexpr int64_t kRowsOfAThread = 4;
// Columns of a part of a packed matrix: whole panels, enough of them that packing outweighs waking a thread.
constexpr int64_t kColumns = 64;
constexpr int64_t kNumbersWorthAThread = 1 << 16;

}  // namespace

WorkspaceOffsets::WorkspaceOffsets(const AttentionSequenceInputs& in) {
  const int64_t rows = in.time_steps * in.memory.batch_size, h = in.hidden_size;
  int64_t next = 0;
  const auto take = [&](bool wanted, int64_t width) {
    const int64_t taken = next;
    if (wanted) next += rows * width;
    return taken;
  };
  first_gates = take(true, 4 * h);
  second_gates = take(in.between, 4 * h);
  first_cells = take(in.lstm, h);
  second_cells = take(in.lstm && in.between, h);
  middle = take(in.between, h);
  queries = in.between && in.query_kernel == nullptr ? middle : take(true, in.memory.size);
  numbers = next;
}

int64_t AttentionSequenceWorkspace(const AttentionSequenceInputs& inputs) { return WorkspaceOffsets(inputs).numbers; }

Status CheckAttentionSequence(const char* kernel, const AttentionSequenceInputs& in) {
  if (in.hidden_size < 1 || in.memory.size < 1 || in.memory.width < 1)
    return Status::Invalid("unroll: %s: hidden size, key size and value size must be at least 1", kernel);
  if (in.query_kernel == nullptr && in.memory.size != in.hidden_size)
    return Status::Invalid("unroll: %s: without a query kernel keys must be as wide as the state, %lld numbers, got %lld", kernel,
                           static_cast<long long>(in.hidden_size), static_cast<long long>(in.memory.size));
  return CheckAttention(in.memory);
}

const float* ContextKernel(const AttentionSequenceInputs& in) {
  return in.between ? in.second.input_kernel : in.first.input_kernel + in.input_size * in.Gates() * in.hidden_size;
}

int BatchParts(const AttentionSequenceInputs& in) {
  const int64_t width = in.Gates() * in.hidden_size;
  const int64_t of_a_step = (in.between ? 2 : 1) * in.hidden_size * width + in.memory.width * width + in.hidden_size * in.memory.size +
                            in.memory.source_steps * (in.memory.width + 10 * in.memory.size);
  return BatchParts(in.memory.batch_size, in.time_steps * of_a_step);
}

int BatchParts(int64_t batch_size, int64_t multiplications) {
  return PartCount(batch_size, std::max(kRowsOfAThread, kMultiplicationsOfAThread / std::max<int64_t>(1, multiplications)));
}

SharedProduct::SharedProduct(const Factor& matrix, int64_t k, int64_t n, int64_t rows, int64_t uses) : k_(k), n_(n) {
  if (matrix.data == nullptr) return;
  const int parts = PartCount((n + kColumns - 1) / kColumns, std::max<int64_t>(1, kNumbersWorthAThread / (kColumns * k + 1)));
  parts_.resize(static_cast<size_t>(parts));
  ParallelRun(parts, [&](int part) {
    const UnitSlice columns{PartBegin(n, part, parts, kColumns), PartBegin(n, part + 1, parts, kColumns)};
    parts_[static_cast<size_t>(part)].reset(new Part{columns.begin, SliceProduct(matrix, k, n, 1, columns, rows, uses)});
  });
}

void SharedProduct::Multiply(int64_t m, const float* a, int64_t stride, float* c, int64_t c_stride, bool accumulate) const {
  for (const auto& part : parts_) part->product.Multiply(m, a, stride, c + part->first, c_stride, accumulate);
}

}  // namespace unroll
