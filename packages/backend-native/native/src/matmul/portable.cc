#include <cstring>

#include "matmul/cache_size.h"
#include "matmul/engine.h"
#include "unroll/matmul.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "matmul/portable.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "matmul/gemm.h"
#include "matmul/few_rows.h"

namespace unroll {
namespace UNROLL_TARGET {

void MultiplyFloats(const MatMul& p) {
  if (!MultiplyFewRows(p)) MultiplyInBlocks<Float32Format>(p);
}
void MultiplyRounded(const MatMul& p) {
  if (!MultiplyFewRows(p)) MultiplyInBlocks<RoundedFormat>(p);
}
void PackFloats(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, int64_t n, float* out, float* strip) {
  PackColumns<Float32Format>(b, k, ranges, range_count, n, out, strip);
}
void PackRounded(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, int64_t n, float* out, float* strip) {
  PackColumns<RoundedFormat>(b, k, ranges, range_count, n, out, strip);
}
void MultiplyPackedFloats(const MatMul& p, const float* panels) { MultiplyPacked<Float32Format>(p, panels); }
void MultiplyPackedRounded(const MatMul& p, const float* panels) { MultiplyPacked<RoundedFormat>(p, panels); }
// Columns that panels take: full panels and one that is full or half.
int64_t PaddedColumns(int64_t n) { return n / kPanelWidth * kPanelWidth + (n % kPanelWidth == 0 ? 0 : PanelWidth(n % kPanelWidth)); }
int64_t FullPanelWidth() { return kPanelWidth; }
int64_t RowsThatCountAsFew() { return kFewRows; }

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace portable {
namespace {

using PackFunction = void (*)(const Factor&, int64_t, const ColumnRange*, int, int64_t, float*, float*);
using PackedFunction = void (*)(const MatMul&, const float*);

class Panels final : public PackedMatrix {
 public:
  Panels(int64_t k, int64_t n, int64_t items, PackedFunction multiply)
      : k_(k), n_(n), items_(items), multiply_(multiply) {}

  float* data() { return items_.data(); }

  void Multiply(int64_t m, const float* a, int64_t a_stride, float* c, int64_t c_stride, bool accumulate) const override {
    if (m == 0 || n_ == 0) return;
    MatMul product;
    product.m = m;
    product.n = n_;
    product.k = k_;
    product.a = Factor{a, a_stride, false};
    product.c = c;
    product.c_stride = c_stride;
    product.accumulate = accumulate;
    multiply_(product, items_.data());
  }

 private:
  int64_t k_, n_;
  AlignedFloats items_;
  PackedFunction multiply_;
};

}  // namespace

void Multiply(const MatMul& product, Precision precision) {
  if (precision == Precision::kFloat32) return UNROLL_DISPATCH(MultiplyFloats)(product);
#if UNROLL_X86
  if (HasBfloat16Products() && product.m > UNROLL_DISPATCH(RowsThatCountAsFew)()) return avx512bf16::MultiplyPairs(product);
#endif
  UNROLL_DISPATCH(MultiplyRounded)(product);
}

std::unique_ptr<PackedMatrix> Pack(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, Precision precision) {
  int64_t n = 0;
  for (int i = 0; i < range_count; ++i) n += ranges[i].count;
  PackFunction pack = UNROLL_DISPATCH(PackFloats);
  PackedFunction multiply = UNROLL_DISPATCH(MultiplyPackedFloats);
  int64_t steps = k;
  if (precision == Precision::kBfloat16) {
    pack = UNROLL_DISPATCH(PackRounded);
    multiply = UNROLL_DISPATCH(MultiplyPackedRounded);
#if UNROLL_X86
    if (HasBfloat16Products()) {
      pack = &avx512bf16::PackPairs;
      multiply = &avx512bf16::MultiplyPackedPairs;
      steps = (k + 1) / 2;
    }
#endif
  }
  auto panels = std::make_unique<Panels>(k, n, steps * UNROLL_DISPATCH(PaddedColumns)(n), multiply);
  float* strip = ThreadScratch(ScratchSlot::kPanel, k * UNROLL_DISPATCH(FullPanelWidth)());
  if (n > 0) pack(b, k, ranges, range_count, n, panels->data(), strip);
  return panels;
}

}  // namespace portable
#endif

}  // namespace unroll
