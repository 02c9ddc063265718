#include "kernels/broadcast.h"
#include "parallel/thread_pool.h"
#include "unroll/elementwise.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/compare.cc"
#include "unroll/for_each_target.h"

namespace unroll {
namespace UNROLL_TARGET {

// Plain loops that the compiler turns into vectors of the target.
#define UNROLL_COMPARE_LOOP(symbol)                                                      \
  do {                                                                                   \
    if (a_step != 0 && b_step != 0) {                                                    \
      for (int64_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(a[i] symbol b[i]); \
    } else if (b_step == 0) {                                                            \
      const float other = b[0];                                                          \
      for (int64_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(a[i * a_step] symbol other); \
    } else {                                                                             \
      const float one = a[0];                                                            \
      for (int64_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(one symbol b[i]);  \
    }                                                                                    \
    return;                                                                              \
  } while (false)

void CompareRow(CompareOperation operation, const float* a, int64_t a_step, const float* b, int64_t b_step,
                uint8_t* y, int64_t count) {
  switch (operation) {
    case CompareOperation::kEqual: UNROLL_COMPARE_LOOP(==);
    case CompareOperation::kNotEqual: UNROLL_COMPARE_LOOP(!=);
    case CompareOperation::kLess: UNROLL_COMPARE_LOOP(<);
    case CompareOperation::kLessEqual: UNROLL_COMPARE_LOOP(<=);
    case CompareOperation::kGreater: UNROLL_COMPARE_LOOP(>);
    case CompareOperation::kGreaterEqual: UNROLL_COMPARE_LOOP(>=);
  }
}
#undef UNROLL_COMPARE_LOOP

void SelectRow(const uint8_t* condition, const float* yes, const float* no, float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = condition[i] != 0 ? yes[i] : no[i];
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
Status Compare(CompareOperation operation, const float* a, const Sizes& a_sizes, const float* b, const Sizes& b_sizes,
               uint8_t* y) {
  BroadcastPlan plan;
  UNROLL_RETURN_IF_ERROR(PlanBroadcast(a_sizes, b_sizes, &plan));
  ForEachRow(plan, 1 << 15, [&](int64_t a_at, int64_t b_at, int64_t y_at, int64_t count) {
    UNROLL_DISPATCH(CompareRow)(operation, a + a_at, plan.a_step, b + b_at, plan.b_step, y + y_at, count);
  });
  return Status::Ok();
}

void SelectRows(const uint8_t* condition, const float* yes, const float* no, float* y, int64_t rows, int64_t width) {
  if (width == 0) return;
  if (width == 1) {
    ParallelFor(rows, 1 << 15, [&](int64_t begin, int64_t end) {
      UNROLL_DISPATCH(SelectRow)(condition + begin, yes + begin, no + begin, y + begin, end - begin);
    });
    return;
  }
  ParallelFor(rows, width > 1 << 15 ? 1 : (1 << 15) / width, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* from = (condition[row] != 0 ? yes : no) + row * width;
      __builtin_memcpy(y + row * width, from, static_cast<size_t>(width) * sizeof(float));
    }
  });
}
#endif

}  // namespace unroll
