#ifndef UNROLL_KERNELS_BROADCAST_H_
#define UNROLL_KERNELS_BROADCAST_H_

#include <cstdint>

#include "parallel/thread_pool.h"
#include "unroll/elementwise.h"

namespace unroll {

/// An element-wise operation on two shapes as rows: `rows` = the product of all sizes but the last, and a row is
/// `width` results from numbers that lie side by side (step 1) or are one number repeated (step 0).
struct BroadcastPlan {
  int rank = 0;  // of the axes before the last
  int64_t rows = 1, width = 1;
  int64_t sizes[kMaxBroadcastRank] = {};
  int64_t a_strides[kMaxBroadcastRank] = {}, b_strides[kMaxBroadcastRank] = {};
  int64_t a_step = 1, b_step = 1;
};

/// Joins axes that both operands walk in the same way.
Status PlanBroadcast(const Sizes& a, const Sizes& b, BroadcastPlan* plan);

/// Where a row of each operand begins.
struct RowOffsets {
  int64_t a = 0, b = 0;
};
inline RowOffsets RowAt(const BroadcastPlan& plan, int64_t row) {
  RowOffsets at;
  for (int d = plan.rank - 1; d >= 0; --d) {
    const int64_t i = row % plan.sizes[d];
    row /= plan.sizes[d];
    at.a += i * plan.a_strides[d];
    at.b += i * plan.b_strides[d];
  }
  return at;
}

/// Calls body(a offset, b offset, y offset, count) for pieces of rows, on all threads.
template <typename Body>
void ForEachRow(const BroadcastPlan& plan, int64_t grain, Body&& body) {
  ParallelFor(plan.rows * plan.width, grain, [&](int64_t begin, int64_t end) {
    int64_t row = begin / plan.width, column = begin % plan.width;
    for (int64_t at = begin; at < end; ++row, column = 0) {
      const int64_t in_row = plan.width - column;
      const int64_t count = in_row < end - at ? in_row : end - at;
      const RowOffsets start = RowAt(plan, row);
      body(start.a + column * plan.a_step, start.b + column * plan.b_step, at, count);
      at += count;
    }
  });
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_BROADCAST_H_
