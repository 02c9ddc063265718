#include "kernels/stepper/panels.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/stepper/panel_product.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

// Reading ahead by as much is worth a tenth of the time where weights come from the outer cache.
constexpr int64_t kBytesAhead = 2048;
constexpr int64_t kCacheLine = 64;

/// An item is one number of a kernel, for one inner index.
struct FloatItems {
  static constexpr int kInner = 1;
  static UNROLL_INLINE Floats MultiplyAdd(Floats item, const float* x, Floats sum) { return UNROLL_TARGET::MultiplyAdd(Broadcast(x[0]), item, sum); }
  static UNROLL_INLINE Floats MultiplyAddFirst(Floats item, const float* x, Floats sum) { return MultiplyAdd(item, x, sum); }
};

/// An item is two numbers in bfloat16, for two inner indices. They are widened: exact, and as quick as they are read.
struct Bfloat16Items {
  static constexpr int kInner = 2;
  static UNROLL_INLINE Floats First(Floats item) { return AsFloats(AsInts(item) << 16); }
  static UNROLL_INLINE Floats Second(Floats item) { return AsFloats(AsInts(item) & BroadcastInt(static_cast<int32_t>(0xffff0000u))); }
  static UNROLL_INLINE Floats MultiplyAdd(Floats item, const float* x, Floats sum) {
    return UNROLL_TARGET::MultiplyAdd(Broadcast(x[1]), Second(item), MultiplyAddFirst(item, x, sum));
  }
  /// The second half of the last item of an odd number of inner indices is nothing, and x ends before it.
  static UNROLL_INLINE Floats MultiplyAddFirst(Floats item, const float* x, Floats sum) {
    return UNROLL_TARGET::MultiplyAdd(Broadcast(x[0]), First(item), sum);
  }
};

/// Rows [row, row + kRows) of a product. Several items are summed apart, so that one sum need not wait for the other.
template <typename Items, int kRows, int kVectors>
static void MultiplyRows(const PanelProduct& p, int64_t row) {
  constexpr int kApart = kRows * kVectors >= 8 ? 1 : 8 / (kRows * kVectors);
  constexpr int64_t kWidth = kVectors * kLanes;
  const float* x = p.x + row * p.x_stride;
  const float* panel = p.panel;
  Floats sum[kApart][kRows][kVectors];
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) {
      sum[0][r][v] = Load(p.sums + (row + r) * p.sums_stride + v * kLanes);
      for (int i = 1; i < kApart; ++i) sum[i][r][v] = Broadcast(0.0f);
    }
  int64_t k = 0;
  for (; k + kApart * Items::kInner <= p.k; k += kApart * Items::kInner, panel += kApart * kWidth) {
    for (int64_t line = 0; line < kApart * kWidth * 4; line += kCacheLine)
      __builtin_prefetch(reinterpret_cast<const char*>(panel) + kBytesAhead + line);
    for (int i = 0; i < kApart; ++i)
      for (int v = 0; v < kVectors; ++v) {
        const Floats item = Load(panel + i * kWidth + v * kLanes);
        for (int r = 0; r < kRows; ++r)
          sum[i][r][v] = Items::MultiplyAdd(item, x + r * p.x_stride + k + i * Items::kInner, sum[i][r][v]);
      }
  }
  for (; k < p.k; k += Items::kInner, panel += kWidth)
    for (int v = 0; v < kVectors; ++v) {
      const Floats item = Load(panel + v * kLanes);
      for (int r = 0; r < kRows; ++r) {
        const float* last = x + r * p.x_stride + k;
        sum[0][r][v] = k + Items::kInner <= p.k ? Items::MultiplyAdd(item, last, sum[0][r][v]) : Items::MultiplyAddFirst(item, last, sum[0][r][v]);
      }
    }
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) {
      for (int i = 1; i < kApart; ++i) sum[0][r][v] = sum[0][r][v] + sum[i][r][v];
      Store(p.sums + (row + r) * p.sums_stride + v * kLanes, sum[0][r][v]);
    }
}

#if UNROLL_VECTOR_BYTES == 64 || defined(__aarch64__)
constexpr int kMostRows = 4;  // 32 registers
#else
constexpr int kMostRows = 2;
#endif

template <typename Items, int kVectors>
static void MultiplyPanel(const PanelProduct& p) {
  int64_t row = 0;
  for (; row + kMostRows <= p.rows; row += kMostRows) MultiplyRows<Items, kMostRows, kVectors>(p, row);
  for (; row + 2 <= p.rows; row += 2) MultiplyRows<Items, 2, kVectors>(p, row);
  if (row < p.rows) MultiplyRows<Items, 1, kVectors>(p, row);
}


static void LstmPanelGates(const PanelGates& p) {
  for (int64_t r = 0; r < p.rows; ++r) {
    const float* sums = p.sums + r * kPanelVectors * kLanes;
    const Floats i = Sigmoid(Load(sums)), f = Sigmoid(Load(sums + kLanes));
    const Floats g = Tanh(Load(sums + 2 * kLanes)), o = Sigmoid(Load(sums + 3 * kLanes));
    const Floats c = MultiplyAdd(f, LoadUpTo(p.c + r * p.h_stride, p.count), i * g);
    StoreUpTo(p.c + r * p.h_stride, c, p.count);
    StoreUpTo(p.next_h + r * p.h_stride, o * Tanh(c), p.count);
  }
}

static void GruPanelGates(const PanelGates& p) {
  for (int64_t r = 0; r < p.rows; ++r) {
    const float* from_x = p.sums + r * kPanelVectors * kLanes;
    const float* from_h = p.recurrent_sums + r * kPanelVectors * kLanes;
    const Floats reset = Sigmoid(Load(from_x) + Load(from_h));
    const Floats update = Sigmoid(Load(from_x + kLanes) + Load(from_h + kLanes));
    const Floats candidate = Tanh(MultiplyAdd(reset, Load(from_h + 2 * kLanes), Load(from_x + 2 * kLanes)));
    const Floats h = LoadUpTo(p.h + r * p.h_stride, p.count);
    StoreUpTo(p.next_h + r * p.h_stride, MultiplyAdd(1.0f - update, candidate, update * h), p.count);
  }
}

template <bool kRelu>
static void ElmanPanelGates(const PanelGates& p) {
  for (int64_t r = 0; r < p.rows; ++r)
    for (int64_t u = 0; u < p.count; u += kLanes) {
      const Floats sum = Load(p.sums + r * kPanelVectors * kLanes + u);
      const Floats h = kRelu ? Max(Broadcast(0.0f), sum) : Tanh(sum);
      StoreUpTo(p.next_h + r * p.h_stride + u, h, p.count - u);
    }
}

template <typename Items>
static StepFunctions FunctionsOf() {
  return {kLanes,
          {nullptr, &MultiplyPanel<Items, 1>, &MultiplyPanel<Items, 2>, &MultiplyPanel<Items, 3>, &MultiplyPanel<Items, 4>},
          {&LstmPanelGates, &GruPanelGates, &ElmanPanelGates<false>, &ElmanPanelGates<true>}};
}

StepFunctions StepFunctionsOfTarget(Precision precision) {
  return precision == Precision::kBfloat16 ? FunctionsOf<Bfloat16Items>() : FunctionsOf<FloatItems>();
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
StepFunctions ChooseStepFunctions(Precision precision) { return UNROLL_DISPATCH(StepFunctionsOfTarget)(precision); }
#endif

}  // namespace unroll
