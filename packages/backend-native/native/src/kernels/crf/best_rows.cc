#include "kernels/crf/best_rows.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/crf/best_rows.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/simd_doubles.h"

namespace unroll {
namespace UNROLL_TARGET {

/// `vectors` vectors, beginning with column j.
template <int vectors>
static UNROLL_INLINE void BestColumns(const BestStep& step, int64_t j) {
  Doubles best[vectors], from[vectors] = {};
  for (int v = 0; v < vectors; ++v) best[v] = BroadcastDouble(-__builtin_inf());
  for (int64_t i = 0; i < step.tags; ++i) {
    const Doubles before = BroadcastDouble(step.before[i]), tag = BroadcastDouble(static_cast<double>(i));
    for (int v = 0; v < vectors; ++v) {
      const Doubles score = before + LoadDoubles(step.transitions + i * step.stride + j + v * kDoubleLanes);
      const Longs better = score > best[v];
      best[v] = better ? score : best[v];
      from[v] = better ? tag : from[v];
    }
  }
  for (int v = 0; v < vectors; ++v) {
    StoreDoubles(step.best + j + v * kDoubleLanes, best[v]);
    StoreDoubles(step.from + j + v * kDoubleLanes, from[v]);
  }
}

void BestOfAll(const BestStep& step) {
  int64_t j = 0;
  for (; j + 4 * kDoubleLanes <= step.stride; j += 4 * kDoubleLanes) BestColumns<4>(step, j);
  for (; j < step.stride; j += kDoubleLanes) BestColumns<1>(step, j);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void FindBest(const BestStep& step) { UNROLL_DISPATCH(BestOfAll)(step); }
#endif

}  // namespace unroll
