#if UNROLL_ONEDNN

#include <atomic>
#include <cstdio>
#include <map>
#include <tuple>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include "matmul/engine.h"
#include "matmul/onednn_product.h"
#include "unroll/target.h"

namespace unroll {
namespace onednn {
namespace {

/// oneDNN asks OpenMP how many threads to use. Around our calls the answer is one: matmul.cc has divided the work.
class OneThread {
#if defined(_OPENMP)
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }

 private:
  const int before_;
#else
 public:
  OneThread() {}
#endif
};

std::atomic<Preference> preference{Preference::kMeasured};

bool IsUsedFor(Precision precision) {
  if (preference != Preference::kMeasured) return preference == Preference::kAlways;
#if UNROLL_X86
  return precision == Precision::kBfloat16 && HasBfloat16Tiles();
#else
  return precision == Precision::kFloat32;
#endif
}

using Key = std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int, int64_t>;

/// Making a primitive takes as long as a small product, so each thread keeps those it has made. `layout` tells packed
/// matrices apart, 0 is none.
Product& CachedProduct(const MatMul& p, Precision precision, const dnnl::memory::desc* packed, int64_t layout) {
  thread_local std::map<Key, Product> products;
  const int flags = static_cast<int>(p.a.transposed) | p.b.transposed << 1 | (p.bias != nullptr) << 2 | p.accumulate << 3 |
                    (precision == Precision::kBfloat16) << 4;
  const Key key{p.m, p.n, p.k, p.a.stride, p.b.stride, p.c_stride, flags, layout};
  const auto found = products.find(key);
  if (found != products.end()) return found->second;
  if (products.size() >= 256) products.clear();  // shapes that vary with the data must not fill the memory
  return products.emplace(key, Product(p, precision, packed)).first->second;
}

class Packed final : public PackedMatrix {
 public:
  Packed(int64_t k, int64_t n, int64_t expected_rows, Precision precision)
      : k_(k), n_(n), precision_(precision), id_(++last_id), layout_(Product::BestLayout(expected_rows, n, k, precision)),
        numbers_(static_cast<int64_t>(layout_.get_size() / sizeof(float) + 1)) {}

  void Fill(const Factor& b) {
    dnnl::memory from(Describe(k_, n_, b), Engine(), const_cast<float*>(b.data)), to(layout_, Engine(), numbers_.data());
    dnnl::reorder(from, to).execute(Stream(), from, to);
    Stream().wait();
  }

  void Multiply(int64_t m, const float* a, int64_t a_stride, float* c, int64_t c_stride, bool accumulate) const override {
    if (m == 0 || n_ == 0) return;
    const OneThread one_thread;
    MatMul p;
    p.m = m, p.n = n_, p.k = k_;
    p.a = Factor{a, a_stride, false};
    p.c = c, p.c_stride = c_stride;
    p.accumulate = accumulate;
    CachedProduct(p, precision_, &layout_, id_).Run(p, numbers_.data());
  }

 private:
  static std::atomic<int64_t> last_id;

  const int64_t k_, n_;
  const Precision precision_;
  const int64_t id_;
  const dnnl::memory::desc layout_;
  AlignedFloats numbers_;
};

std::atomic<int64_t> Packed::last_id{0};

/// The columns of `ranges` side by side in `to`, stored as `b` is.
Factor Gather(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, int64_t n, float* to) {
  const Factor gathered{to, b.transposed ? k : n, b.transposed};
  int64_t column = 0;
  for (int r = 0; r < range_count; ++r)
    for (int64_t i = 0; i < ranges[r].count; ++i, ++column)
      for (int64_t s = 0; s < k; ++s) {
        const int64_t from = ranges[r].first + i;
        to[b.transposed ? column * k + s : s * n + column] = b.data[b.transposed ? from * b.stride + s : s * b.stride + from];
      }
  return gathered;
}

}  // namespace

void Prefer(Preference wanted) { preference = wanted; }

bool Multiply(const MatMul& p, Precision precision) {
  // So few rows are read at the speed of memory by our own, without the cost of finding a primitive.
  if (!IsUsedFor(precision) || p.m <= 3) return false;
  const OneThread one_thread;
  CachedProduct(p, precision, nullptr, 0).Run(p, nullptr);
  return true;
}

std::unique_ptr<PackedMatrix> Pack(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count,
                                   int64_t expected_rows, Precision precision) {
  int64_t n = 0;
  for (int i = 0; i < range_count; ++i) n += ranges[i].count;
  if (!IsUsedFor(precision) || n == 0 || k == 0 || expected_rows <= 0) return nullptr;
  const OneThread one_thread;
  AlignedFloats columns(range_count == 1 ? 0 : k * n);
  Factor factor{b.data + ranges[0].first * (b.transposed ? b.stride : 1), b.stride, b.transposed};
  if (range_count > 1) factor = Gather(b, k, ranges, range_count, n, columns.data());
  auto packed = std::make_unique<Packed>(k, n, expected_rows, precision);
  packed->Fill(factor);
  return packed;
}

const char* Name() {
  static char name[32];
  const dnnl_version_t* version = dnnl_version();
  std::snprintf(name, sizeof name, "oneDNN %d.%d.%d", version->major, version->minor, version->patch);
  return name;
}

}  // namespace onednn
}  // namespace unroll

#endif  // UNROLL_ONEDNN
