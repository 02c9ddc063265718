#ifndef UNROLL_REDUCE_H_
#define UNROLL_REDUCE_H_

#include <cstdint>

namespace unroll {

enum class Reduction { kSum, kMean, kMax, kMin, kProd };

/// x [outer, size, inner] is reduced over its middle axis to y [outer, inner]. Sums and products are kept in double.
/// An empty axis gives 0 (sum), NaN (mean), 1 (product), -infinity (maximum) and infinity (minimum). A NaN stays a NaN.
struct ReduceShape {
  int64_t outer = 0, size = 0, inner = 0;
};
void Reduce(Reduction reduction, const float* x, const ReduceShape& shape, float* y);

/// The index of the greatest (least) number, the first of equal ones: x [outer, size, inner], y [outer, inner].
void ArgMax(const float* x, const ReduceShape& shape, int32_t* y);
void ArgMin(const float* x, const ReduceShape& shape, int32_t* y);

/// Row by row, y = exp(x - max x) / sum, or its logarithm: x - max x - log sum. x, y [rows, width]; y may be x.
void Softmax(const float* x, float* y, int64_t rows, int64_t width);
void LogSoftmax(const float* x, float* y, int64_t rows, int64_t width);

}  // namespace unroll

#endif  // UNROLL_REDUCE_H_
