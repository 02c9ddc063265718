#ifndef UNROLL_KERNELS_CRF_BEST_ROWS_H_
#define UNROLL_KERNELS_CRF_BEST_ROWS_H_

#include <cstdint>

namespace unroll {

/// One step of Viterbi's walk: where the best row that ends with each tag comes from. Of equal scores the lowest tag wins.
///
///   best_j = max_i (before_i + T_ij)      from_j = the i of it
///
/// Rows are padded with minus infinity to a multiple of kCrfPadding; where nothing is above it, from_j is 0.
struct BestStep {
  int64_t tags = 0, stride = 0;
  const double* before = nullptr;       // [K]
  const double* transitions = nullptr;  // [K, stride]
  double* best = nullptr;               // out [stride]
  double* from = nullptr;               // out [stride], whole numbers
};
void FindBest(const BestStep& step);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CRF_BEST_ROWS_H_
