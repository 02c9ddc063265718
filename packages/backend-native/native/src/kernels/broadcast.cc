#include "kernels/broadcast.h"

namespace unroll {
namespace {

struct Axis {
  int64_t size, a_stride, b_stride;
};

// Row-major strides of `sizes` seen as the last axes of `rank` axes, 0 where an axis is repeated.
void Strides(const Sizes& sizes, int rank, int64_t* strides) {
  int64_t stride = 1;
  for (int d = rank - 1; d >= 0; --d) {
    const int own = d - (rank - sizes.rank);
    const int64_t size = own >= 0 ? sizes.values[own] : 1;
    strides[d] = size == 1 ? 0 : stride;
    stride *= size;
  }
}

}  // namespace

int64_t Sizes::Count() const {
  constexpr int64_t kLargest = int64_t{1} << 52;  // above any buffer: a product that cannot overflow
  int64_t count = 1;
  for (int d = 0; d < rank; ++d)
    if (__builtin_mul_overflow(count, values[d], &count) || count > kLargest) count = kLargest;
  return count;
}

Status BroadcastShape(const Sizes& a, const Sizes& b, Sizes* y) {
  y->rank = a.rank > b.rank ? a.rank : b.rank;
  for (int d = 0; d < y->rank; ++d) {
    const int a_axis = d - (y->rank - a.rank), b_axis = d - (y->rank - b.rank);
    const int64_t a_size = a_axis >= 0 ? a.values[a_axis] : 1, b_size = b_axis >= 0 ? b.values[b_axis] : 1;
    if (a_size != b_size && a_size != 1 && b_size != 1)
      return Status::Invalid("unroll: shapes cannot be broadcast together: axis %d is %lld and %lld", d,
                             static_cast<long long>(a_size), static_cast<long long>(b_size));
    y->values[d] = a_size == 1 ? b_size : a_size;
  }
  return Status::Ok();
}

Status PlanBroadcast(const Sizes& a, const Sizes& b, BroadcastPlan* plan) {
  Sizes y;
  UNROLL_RETURN_IF_ERROR(BroadcastShape(a, b, &y));
  *plan = BroadcastPlan();
  if (y.Count() == 0) {  // the other sizes may be anything: their products could overflow
    plan->rows = 0;
    return Status::Ok();
  }
  int64_t a_strides[kMaxBroadcastRank], b_strides[kMaxBroadcastRank];
  Strides(a, y.rank, a_strides);
  Strides(b, y.rank, b_strides);
  Axis axes[kMaxBroadcastRank];
  int count = 0;
  for (int d = y.rank - 1; d >= 0; --d) {  // from the innermost axis outwards
    const Axis axis = {y.values[d], a_strides[d], b_strides[d]};
    if (axis.size == 1) continue;
    Axis* inner = count > 0 ? &axes[count - 1] : nullptr;
    if (inner != nullptr && axis.a_stride == inner->a_stride * inner->size &&
        axis.b_stride == inner->b_stride * inner->size) {
      inner->size *= axis.size;
    } else {
      axes[count++] = axis;
    }
  }
  if (count == 0) return Status::Ok();
  plan->width = axes[0].size;
  plan->a_step = axes[0].a_stride;
  plan->b_step = axes[0].b_stride;
  plan->rank = count - 1;
  for (int d = 0; d < plan->rank; ++d) {
    const Axis& axis = axes[count - 1 - d];
    plan->sizes[d] = axis.size;
    plan->a_strides[d] = axis.a_stride;
    plan->b_strides[d] = axis.b_stride;
    plan->rows *= axis.size;
  }
  return Status::Ok();
}

}  // namespace unroll
