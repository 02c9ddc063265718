#include "unroll/linear_cross_entropy.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/cross_entropy_row.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"
#include "unroll/matmul.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

// 32 MB of logits, about what a shared third-level cache keeps; but enough rows that reading and writing the kernel's
// gradient once a tile stays cheap beside the products.
constexpr int64_t kLogitsInATile = 8 << 20;
constexpr int64_t kLeastRowsInATile = 128;

Status CheckTargets(const LinearCrossEntropyCall& call) {
  for (int64_t n = 0; n < call.rows; ++n) {
    if (call.mask != nullptr && call.mask[n] == 0.0f) continue;
    if (call.targets[n] < 0 || call.targets[n] >= call.vocabulary_size)
      return Status::Invalid("unroll: LinearCrossEntropy: targets[%lld] must be in [0, %lld) (the vocabulary size), got %d; "
                             "a row that should not count needs mask 0",
                             static_cast<long long>(n), static_cast<long long>(call.vocabulary_size), call.targets[n]);
  }
  return Status::Ok();
}

/// A run of rows and their logits.
struct Tile {
  int64_t first, rows;
  float* logits;  // [rows, V]
};

Factor Kernel(const LinearCrossEntropyCall& call) {
  return {call.kernel, call.transpose_kernel ? call.hidden_size : call.vocabulary_size, call.transpose_kernel};
}

void ComputeLogits(const LinearCrossEntropyCall& call, const Tile& tile) {
  const profile::Span span("logits");
  MatMul product;
  product.m = tile.rows, product.n = call.vocabulary_size, product.k = call.hidden_size;
  product.a = Factor{call.hidden + tile.first * call.hidden_size, call.hidden_size, false};
  product.b = Kernel(call);
  product.bias = call.bias;
  product.c = tile.logits;
  product.c_stride = call.vocabulary_size;
  Multiply(product);
}

/// Losses of the tile; with `bias_gradients` or another gradient wanted its logits become gradients. `bias_gradients`
/// holds one sum [V] for each part of the rows.
void ComputeLosses(const LinearCrossEntropyCall& call, const Tile& tile, bool want_gradient, std::vector<float>& bias_gradients) {
  const profile::Span span("softmax");
  const int64_t v = call.vocabulary_size;
  const int parts = PartCount(tile.rows * v, 1 << 13);
  if (want_gradient && call.d_bias != nullptr) bias_gradients.assign(static_cast<size_t>(parts * v), 0.0f);
  ParallelRun(parts, [&](int part) {
    float* bias_gradient = bias_gradients.empty() ? nullptr : bias_gradients.data() + part * v;
    const int64_t end = PartBegin(tile.rows, part + 1, parts);
    for (int64_t i = PartBegin(tile.rows, part, parts); i < end; ++i) {
      const int64_t n = tile.first + i;
      float* logits = tile.logits + i * v;
      const float weight = call.mask == nullptr ? 1.0f : call.mask[n];
      if (weight == 0.0f) {
        call.losses[n] = 0.0f;
        if (want_gradient) std::memset(logits, 0, static_cast<size_t>(v) * sizeof(float));
        continue;
      }
      call.losses[n] = CrossEntropyOfRow({logits, v, call.targets[n], weight, call.label_smoothing, want_gradient, bias_gradient});
    }
  });
  for (int part = 0; part < parts && !bias_gradients.empty(); ++part)
    for (int64_t i = 0; i < v; ++i) call.d_bias[i] += bias_gradients[static_cast<size_t>(part * v + i)];
}

void HiddenGradient(const LinearCrossEntropyCall& call, const Tile& tile) {
  const profile::Span span("hidden gradient");
  MatMul product;
  product.m = tile.rows, product.n = call.hidden_size, product.k = call.vocabulary_size;
  product.a = Factor{tile.logits, call.vocabulary_size, false};
  product.b = Kernel(call);
  product.b.transposed = !call.transpose_kernel;
  product.c = call.d_hidden + tile.first * call.hidden_size;
  product.c_stride = call.hidden_size;
  Multiply(product);
}

void KernelGradient(const LinearCrossEntropyCall& call, const Tile& tile) {
  const profile::Span span("kernel gradient");
  const Factor hidden{call.hidden + tile.first * call.hidden_size, call.hidden_size, !call.transpose_kernel};
  const Factor logits{tile.logits, call.vocabulary_size, call.transpose_kernel};
  MatMul product;
  product.m = call.transpose_kernel ? call.vocabulary_size : call.hidden_size;
  product.n = call.transpose_kernel ? call.hidden_size : call.vocabulary_size;
  product.k = tile.rows;
  product.a = call.transpose_kernel ? logits : hidden;
  product.b = call.transpose_kernel ? hidden : logits;
  product.c = call.d_kernel;
  product.c_stride = product.n;
  product.accumulate = tile.first > 0;
  Multiply(product);
}

}  // namespace

Status LinearCrossEntropy(const LinearCrossEntropyCall& call) {
  UNROLL_RETURN_IF_ERROR(CheckTargets(call));
  const int64_t v = call.vocabulary_size;
  const bool want_gradient = call.d_hidden != nullptr || call.d_kernel != nullptr || call.d_bias != nullptr;
  if (call.d_bias != nullptr) std::fill(call.d_bias, call.d_bias + v, 0.0f);
  if (call.d_kernel != nullptr && call.rows == 0) std::fill(call.d_kernel, call.d_kernel + call.hidden_size * v, 0.0f);
  const int64_t most_rows = std::max(kLeastRowsInATile, kLogitsInATile / std::max<int64_t>(1, v));
  const int64_t tiles = std::max<int64_t>(1, (call.rows + most_rows - 1) / most_rows);
  const int64_t tile_rows = (call.rows + tiles - 1) / tiles;  // tiles of one size, so that none is too small to be quick
  float* logits = ThreadScratch(ScratchSlot::kLogits, tile_rows * v);
  std::vector<float> bias_gradients;
  for (int64_t first = 0; first < call.rows; first += tile_rows) {
    const Tile tile{first, std::min(tile_rows, call.rows - first), logits};
    ComputeLogits(call, tile);
    ComputeLosses(call, tile, want_gradient, bias_gradients);
    if (call.d_hidden != nullptr) HiddenGradient(call, tile);
    if (call.d_kernel != nullptr) KernelGradient(call, tile);
  }
  *call.sum = 0, *call.count = 0;
  for (int64_t n = 0; n < call.rows; ++n) {
    *call.sum += call.losses[n];
    *call.count += call.mask == nullptr ? 1.0 : call.mask[n];
  }
  return Status::Ok();
}

}  // namespace unroll
