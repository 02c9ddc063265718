#include <cmath>

#include "kernels/broadcast.h"
#include "parallel/thread_pool.h"
#include "unroll/elementwise.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/binary.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {
namespace binary {

#define UNROLL_BINARY(Name, expression)                                            \
  struct Name {                                                                    \
    static UNROLL_INLINE Floats Apply(Floats a, Floats b) { return expression; } \
  }
UNROLL_BINARY(AddOp, a + b);
UNROLL_BINARY(SubOp, a - b);
UNROLL_BINARY(MultiplyOp, a * b);
UNROLL_BINARY(RealDivOp, a / b);
// b is the result where the comparison fails, so where b is NaN; the second condition catches a NaN in a.
UNROLL_BINARY(MaximumOp, Select((a > b) | (a != a), a, b));
UNROLL_BINARY(MinimumOp, Select((a < b) | (a != a), a, b));
UNROLL_BINARY(SquaredDifferenceOp, (a - b) * (a - b));
UNROLL_BINARY(PreluOp, Select(a < 0.0f, a * b, a));
#undef UNROLL_BINARY

// Of the two factors at most one is a single number repeated: that is what a plan gives for rows of more than one result.
template <typename Operation>
void Row(const float* a, int64_t a_step, const float* b, int64_t b_step, float* y, int64_t count) {
  const Floats whole_a = Broadcast(a[0]), whole_b = Broadcast(b[0]);
  int64_t i = 0;
  if (a_step != 0 && b_step != 0) {
    for (; i + kLanes <= count; i += kLanes) Store(y + i, Operation::Apply(Load(a + i), Load(b + i)));
  } else if (b_step == 0) {
    for (; i + kLanes <= count; i += kLanes) Store(y + i, Operation::Apply(Load(a + i), whole_b));
  } else {
    for (; i + kLanes <= count; i += kLanes) Store(y + i, Operation::Apply(whole_a, Load(b + i)));
  }
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    const Floats last_a = a_step != 0 ? LoadPartial(a + i, rest) : whole_a;
    const Floats last_b = b_step != 0 ? LoadPartial(b + i, rest) : whole_b;
    StorePartial(y + i, Operation::Apply(last_a, last_b), rest);
  }
}

}  // namespace binary

struct BinaryRowCall {
  const float* a;
  int64_t a_step;
  const float* b;
  int64_t b_step;
  float* y;
  int64_t count;
};

template <typename Operation>
void RowOf(const BinaryRowCall& c) {
  binary::Row<Operation>(c.a, c.a_step, c.b, c.b_step, c.y, c.count);
}

void BinaryRow(BinaryOperation operation, const float* a, int64_t a_step, const float* b, int64_t b_step, float* y,
               int64_t count) {
  using namespace binary;
  const BinaryRowCall call = {a, a_step, b, b_step, y, count};
  switch (operation) {
    case BinaryOperation::kAdd: return RowOf<AddOp>(call);
    case BinaryOperation::kSub: return RowOf<SubOp>(call);
    case BinaryOperation::kMultiply: return RowOf<MultiplyOp>(call);
    case BinaryOperation::kRealDiv: return RowOf<RealDivOp>(call);
    case BinaryOperation::kMaximum: return RowOf<MaximumOp>(call);
    case BinaryOperation::kMinimum: return RowOf<MinimumOp>(call);
    case BinaryOperation::kSquaredDifference: return RowOf<SquaredDifferenceOp>(call);
    case BinaryOperation::kPrelu: return RowOf<PreluOp>(call);
    case BinaryOperation::kPow: return;  // has no vector form; see PowRow
  }
}

void AddNRange(const float* const* inputs, int count, float* y, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i += kLanes) {
    const int64_t rest = end - i;
    Floats sum = LoadUpTo(inputs[0] + i, rest);
    for (int k = 1; k < count; ++k) sum = sum + LoadUpTo(inputs[k] + i, rest);
    StoreUpTo(y + i, sum, rest);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

void PowRow(const float* a, int64_t a_step, const float* b, int64_t b_step, float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    y[i] = static_cast<float>(std::pow(static_cast<double>(a[i * a_step]), static_cast<double>(b[i * b_step])));
}

}  // namespace

Status Binary(BinaryOperation operation, const float* a, const Sizes& a_sizes, const float* b, const Sizes& b_sizes,
              float* y) {
  BroadcastPlan plan;
  UNROLL_RETURN_IF_ERROR(PlanBroadcast(a_sizes, b_sizes, &plan));
  const bool slow = operation == BinaryOperation::kPow;
  ForEachRow(plan, slow ? 1 << 11 : 1 << 15, [&](int64_t a_at, int64_t b_at, int64_t y_at, int64_t count) {
    if (slow) {
      PowRow(a + a_at, plan.a_step, b + b_at, plan.b_step, y + y_at, count);
    } else {
      UNROLL_DISPATCH(BinaryRow)(operation, a + a_at, plan.a_step, b + b_at, plan.b_step, y + y_at, count);
    }
  });
  return Status::Ok();
}

void AddN(const float* const* inputs, int count, float* y, int64_t size) {
  ParallelFor(size, 1 << 14, [&](int64_t begin, int64_t end) { UNROLL_DISPATCH(AddNRange)(inputs, count, y, begin, end); });
}
#endif

}  // namespace unroll
