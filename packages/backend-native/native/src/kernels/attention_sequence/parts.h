#ifndef UNROLL_KERNELS_ATTENTION_SEQUENCE_PARTS_H_
#define UNROLL_KERNELS_ATTENTION_SEQUENCE_PARTS_H_

#include <memory>
#include <vector>

#include "kernels/sequence/slice_product.h"
#include "unroll/attention_sequence.h"

namespace unroll {

// What the walks of an attention sequence have in common, forward and backward.

/// Where in the workspace the rows [T*B] of each kind begin.
struct WorkspaceOffsets {
  int64_t first_gates, second_gates;  // [4H]
  int64_t first_cells, second_cells;  // [H]
  int64_t middle;                     // [H]: s'
  int64_t queries;                    // [A]; where the query is s' itself, the same as middle
  int64_t numbers;

  explicit WorkspaceOffsets(const AttentionSequenceInputs& inputs);
};

Status CheckAttentionSequence(const char* kernel, const AttentionSequenceInputs& inputs);

/// What the context is multiplied by, [W, G*H].
const float* ContextKernel(const AttentionSequenceInputs& inputs);

/// How many threads divide the batch: rows enough for each to outweigh waking it.
int BatchParts(const AttentionSequenceInputs& inputs);
int BatchParts(int64_t batch_size, int64_t multiplications /* of a row, all steps */);

/// A matrix that all threads multiply by in every step: packed once, each thread packing some of its columns.
class SharedProduct {
 public:
  /// matrix [k, n], or none where its data is null; `uses` products of about `rows` rows are to come.
  SharedProduct(const Factor& matrix, int64_t k, int64_t n, int64_t rows, int64_t uses);

  double Operations(int64_t m) const { return 2.0 * static_cast<double>(m) * static_cast<double>(k_) * static_cast<double>(n_); }

  /// c [m, n] (+)= a [m, k] * matrix, on the calling thread; rows of a and c begin `stride` and `c_stride` apart.
  void Multiply(int64_t m, const float* a, int64_t stride, float* c, int64_t c_stride, bool accumulate) const;

 private:
  struct Part {
    int64_t first;
    SliceProduct product;
  };
  int64_t k_, n_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_ATTENTION_SEQUENCE_PARTS_H_
