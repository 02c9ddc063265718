#include <cmath>
#include <limits>

#include "parallel/thread_pool.h"
#include "unroll/reduce.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/reduce.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

typedef double Doubles __attribute__((vector_size(2 * UNROLL_VECTOR_BYTES)));

// Sums are kept in double: a column of a gradient has thousands of numbers of both signs.
float SumRow(const float* x, int64_t size) {
  Doubles sum = {};
  int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) sum += __builtin_convertvector(Load(x + i), Doubles);
  double lanes[kLanes];
  __builtin_memcpy(lanes, &sum, sizeof lanes);
  double total = 0;
  for (int lane = 0; lane < kLanes; ++lane) total += lanes[lane];
  for (; i < size; ++i) total += x[i];
  return static_cast<float>(total);
}

template <bool kGreatest>
static UNROLL_INLINE Floats Better(Floats a, Floats b) {
  const Ints a_wins = kGreatest ? a > b : a < b;
  return Select(a_wins | (a != a), a, b);  // a NaN on either side stays
}

template <bool kGreatest>
float ExtremeRow(const float* x, int64_t size) {
  const float worst = kGreatest ? -__builtin_inff() : __builtin_inff();
  Floats best = Broadcast(0.0f) + worst;
  int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) best = Better<kGreatest>(best, Load(x + i));
  float result = worst;
  for (int lane = 0; lane < kLanes; ++lane)
    if (!(kGreatest ? best[lane] <= result : best[lane] >= result) && result == result) result = best[lane];
  for (; i < size; ++i)
    if (!(kGreatest ? x[i] <= result : x[i] >= result) && result == result) result = x[i];
  return result;
}

float ReduceRow(Reduction reduction, const float* x, int64_t size) {
  switch (reduction) {
    case Reduction::kMax: return ExtremeRow<true>(x, size);
    case Reduction::kMin: return ExtremeRow<false>(x, size);
    case Reduction::kProd: {
      double product = 1;
      for (int64_t i = 0; i < size; ++i) product *= x[i];
      return static_cast<float>(product);
    }
    case Reduction::kSum:
    case Reduction::kMean: break;
  }
  return SumRow(x, size);
}

/// Columns [0, width) of `size` rows that lie `stride` apart; `scratch` holds `width` doubles.
void ReduceColumns(Reduction reduction, const float* x, int64_t size, int64_t stride, int64_t width, double* scratch,
                   float* y) {
  if (reduction == Reduction::kMax || reduction == Reduction::kMin) {
    const bool greatest = reduction == Reduction::kMax;
    for (int64_t j = 0; j < width; ++j) y[j] = greatest ? -__builtin_inff() : __builtin_inff();
    for (int64_t i = 0; i < size; ++i, x += stride)
      for (int64_t j = 0; j < width; j += kLanes) {
        const Floats next = LoadUpTo(x + j, width - j), best = LoadUpTo(y + j, width - j);
        StoreUpTo(y + j, greatest ? Better<true>(best, next) : Better<false>(best, next), width - j);
      }
    return;
  }
  const bool product = reduction == Reduction::kProd;
  for (int64_t j = 0; j < width; ++j) scratch[j] = product ? 1 : 0;
  for (int64_t i = 0; i < size; ++i, x += stride) {
    if (product) {
      for (int64_t j = 0; j < width; ++j) scratch[j] *= x[j];
    } else {
      for (int64_t j = 0; j < width; ++j) scratch[j] += x[j];
    }
  }
  for (int64_t j = 0; j < width; ++j) y[j] = static_cast<float>(scratch[j]);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

constexpr int64_t kColumns = 256;
constexpr int64_t kGrain = 1 << 14;

int64_t GrainOf(int64_t numbers_each) { return numbers_each >= kGrain ? 1 : kGrain / (numbers_each + 1) + 1; }

void ReduceRows(Reduction reduction, const float* x, const ReduceShape& shape, float* y) {
  ParallelFor(shape.outer, GrainOf(shape.size), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      y[row] = UNROLL_DISPATCH(ReduceRow)(reduction, x + row * shape.size, shape.size);
  });
}

void ReduceColumnBlocks(Reduction reduction, const float* x, const ReduceShape& shape, float* y) {
  const int64_t blocks = (shape.inner + kColumns - 1) / kColumns;
  ParallelFor(shape.outer * blocks, GrainOf(shape.size * kColumns), [&](int64_t begin, int64_t end) {
    double scratch[kColumns];
    for (int64_t item = begin; item < end; ++item) {
      const int64_t row = item / blocks, first = item % blocks * kColumns;
      const int64_t left = shape.inner - first, width = left < kColumns ? left : kColumns;
      UNROLL_DISPATCH(ReduceColumns)
      (reduction, x + row * shape.size * shape.inner + first, shape.size, shape.inner, width, scratch,
       y + row * shape.inner + first);
    }
  });
}

template <typename Wins>
void ArgExtreme(const float* x, const ReduceShape& shape, int32_t* y, Wins wins) {
  ParallelFor(shape.outer * shape.inner, GrainOf(shape.size), [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const float* column = x + item / shape.inner * shape.size * shape.inner + item % shape.inner;
      int64_t best = 0;
      for (int64_t i = 1; i < shape.size; ++i)
        if (wins(column[i * shape.inner], column[best * shape.inner])) best = i;
      y[item] = static_cast<int32_t>(best);
    }
  });
}

}  // namespace

void Reduce(Reduction reduction, const float* x, const ReduceShape& shape, float* y) {
  if (shape.inner == 1) {
    ReduceRows(reduction, x, shape, y);
  } else {
    ReduceColumnBlocks(reduction, x, shape, y);
  }
  if (reduction != Reduction::kMean) return;
  const float size = static_cast<float>(shape.size);
  for (int64_t i = 0; i < shape.outer * shape.inner; ++i) y[i] /= size;
}

void ArgMax(const float* x, const ReduceShape& shape, int32_t* y) {
  ArgExtreme(x, shape, y, [](float a, float b) { return a > b; });
}
void ArgMin(const float* x, const ReduceShape& shape, int32_t* y) {
  ArgExtreme(x, shape, y, [](float a, float b) { return a < b; });
}
#endif

}  // namespace unroll
