#include "unroll/matmul.h"

#include <algorithm>
#include <string>

#include "check.h"
#include "matmul/engine.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

struct Case {
  int64_t m, n, k;
  bool a_transposed, b_transposed, bias, accumulate;
  int64_t slack;  // how much further apart rows lie than they are long
  std::string Name() const {
    char text[160];
    std::snprintf(text, sizeof text, "m %d n %d k %d ta %d tb %d bias %d acc %d slack %d on %s, %d threads", (int)m, (int)n,
                  (int)k, a_transposed, b_transposed, bias, accumulate, (int)slack, TargetName(), ThreadCount());
    return text;
  }
};

float AsBfloat16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u;
  std::memcpy(&x, &bits, 4);
  return x;
}

/// Row r, column c of a factor.
float At(const Factor& f, int64_t r, int64_t c) { return f.transposed ? f.data[c * f.stride + r] : f.data[r * f.stride + c]; }

struct Data {
  std::vector<float> a, b, bias, start;
  MatMul product;
  Data(const Case& c, Random& random) {
    const int64_t a_stride = (c.a_transposed ? c.m : c.k) + c.slack, b_stride = (c.b_transposed ? c.k : c.n) + c.slack;
    a = random.Floats(a_stride * (c.a_transposed ? c.k : c.m));
    b = random.Floats(b_stride * (c.b_transposed ? c.n : c.k));
    bias = random.Floats(c.n);
    start = random.Floats(c.m * (c.n + c.slack));
    product.m = c.m, product.n = c.n, product.k = c.k;
    product.a = Factor{a.data(), a_stride, c.a_transposed};
    product.b = Factor{b.data(), b_stride, c.b_transposed};
    product.c_stride = c.n + c.slack;
    product.bias = c.bias ? bias.data() : nullptr;
    product.accumulate = c.accumulate;
  }
  std::vector<double> Expected(bool bfloat16) const {
    std::vector<double> c(start.begin(), start.end());
    const MatMul& p = product;
    for (int64_t i = 0; i < p.m; ++i)
      for (int64_t j = 0; j < p.n; ++j) {
        double sum = (p.accumulate ? c[i * p.c_stride + j] : 0.0) + (p.bias ? p.bias[j] : 0.0);
        for (int64_t k = 0; k < p.k; ++k) {
          const float x = At(p.a, i, k), y = At(p.b, k, j);
          sum += bfloat16 ? static_cast<double>(AsBfloat16(x)) * AsBfloat16(y) : static_cast<double>(x) * y;
        }
        c[i * p.c_stride + j] = sum;
      }
    return c;
  }
};

double Tolerance(const Case& c) { return 2e-6 * std::sqrt(static_cast<double>(c.k) + 1); }

void TestProduct(const Case& c, Random& random) {
  Data data(c, random);
  Guarded result(data.start);
  data.product.c = result.data();
  Multiply(data.product);
  CheckClose(result, data.Expected(false), 1e-5, Tolerance(c), c.Name());
}

void TestBfloat16(const Case& c, Random& random) {
  Data data(c, random);
  Guarded result(data.start);
  data.product.c = result.data();
  Configure(ThreadCount(), Precision::kBfloat16);
  Multiply(data.product);
  Configure(ThreadCount(), Precision::kFloat32);
  // Products of few rows stay in float32, as matmul.h says.
  const bool rounded = c.m > 3 || (c.a_transposed && c.b_transposed);
  CheckClose(result, data.Expected(rounded), 1e-5, Tolerance(c) + (rounded ? 0 : 1e-5), "bfloat16 " + c.Name());
}

void TestPacked(Case c, Random& random, Precision precision) {
  c.a_transposed = c.bias = false;
  Data data(c, random);
  // All columns in order, from one, two or four ranges.
  const int range_count = static_cast<int>(std::min<int64_t>(c.n, int64_t{1} << random.Between(0, 2)));
  std::vector<ColumnRange> ranges;
  for (int i = 0; i < range_count; ++i)
    ranges.push_back({c.n * i / range_count, c.n * (i + 1) / range_count - c.n * i / range_count});
  auto packed = Pack(data.product.b, c.k, ranges.data(), range_count, c.m, precision);
  Guarded result(data.start);
  packed->Multiply(c.m, data.a.data(), data.product.a.stride, result.data(), data.product.c_stride, c.accumulate);
  CheckClose(result, data.Expected(precision == Precision::kBfloat16), 1e-5, Tolerance(c), "packed " + c.Name());
}

void TestRandomShapes() {
  Random random(7);
  for (int i = 0; i < 400; ++i) {
    const int64_t top = i % 4 == 0 ? 200 : 40;
    Case c{random.Between(1, top), random.Between(1, top), random.Between(1, i % 5 == 0 ? 700 : 60), false, false, false, false, 0};
    if (i % 7 == 0) c.m = random.Between(1, 3);
    c.a_transposed = random.Bits() & 1, c.b_transposed = random.Bits() & 1, c.bias = random.Bits() & 1, c.accumulate = random.Bits() & 1;
    c.slack = random.Between(0, 2) * 3;
    TestProduct(c, random);
    TestBfloat16(c, random);
    TestPacked(c, random, Precision::kFloat32);
    TestPacked(c, random, Precision::kBfloat16);
  }
}

void TestEdges() {
  Random random(8);
  TestProduct({5, 7, 0, false, false, true, false, 2}, random);
  TestProduct({5, 7, 0, false, false, true, true, 2}, random);
  TestProduct({0, 7, 3, false, false, true, false, 0}, random);
  TestProduct({3, 0, 3, false, false, false, false, 0}, random);
  TestProduct({1, 1, 5000, false, true, false, false, 0}, random);
  TestProduct({2, 650, 321, false, false, true, true, 0}, random);
}

/// Several groups of columns and blocks of inner indices, whose ends fill no tile, panel or pair of steps.
void TestBlocks() {
  Random random(12);
  for (bool a_transposed : {false, true})
    for (bool b_transposed : {false, true}) {
      const Case c{29, 601, 1123, a_transposed, b_transposed, true, true, 3};
      TestProduct(c, random);
      TestBfloat16(c, random);
      const Case tall{75, 139, 401, a_transposed, b_transposed, false, false, 0};
      TestProduct(tall, random);
      TestBfloat16(tall, random);
    }
  // Pieces of A against many panels: several blocks of inner indices, then several groups of columns.
  for (const Case& c : {Case{67, 45, 5003, false, true, true, false, 1}, Case{65, 520, 2100, false, true, false, false, 0}}) {
    TestProduct(c, random);
    TestBfloat16(c, random);
  }
}

void TestBatch() {
  Random random(9);
  for (int64_t batch : {1, 3, 50}) {
    const int64_t m = 5, n = 9, k = 6;
    const auto a = random.Floats(batch * m * k), b = random.Floats(n * k);
    Guarded c(batch * m * n);
    MatMulBatch all;
    all.product.m = m, all.product.n = n, all.product.k = k;
    all.product.a = Factor{a.data(), k, false};
    all.product.b = Factor{b.data(), k, true};
    all.product.c = c.data();
    all.product.c_stride = n;
    all.batch = batch;
    all.a_batch_stride = m * k, all.b_batch_stride = 0, all.c_batch_stride = m * n;
    MultiplyBatch(all);
    std::vector<double> expected(static_cast<size_t>(batch * m * n));
    for (int64_t i = 0; i < batch * m; ++i)
      for (int64_t j = 0; j < n; ++j)
        for (int64_t s = 0; s < k; ++s) expected[i * n + j] += static_cast<double>(a[i * k + s]) * b[j * k + s];
    CheckClose(c, expected, 1e-5, 1e-6, "batch");
  }
}

/// The same bits again and again with two threads.
void TestRepeats() {
  Random random(10);
  const Case c{150, 333, 700, false, true, true, false, 0};
  Data data(c, random);
  std::vector<float> first(data.start.size()), again(data.start.size());
  for (int i = 0; i < 5; ++i) {
    data.product.c = i == 0 ? first.data() : again.data();
    Multiply(data.product);
    if (i > 0) CHECK(std::memcmp(first.data(), again.data(), first.size() * 4) == 0, "run %d differs", i);
  }
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      TestRandomShapes();
      TestEdges();
      TestBlocks();
      TestBatch();
      TestRepeats();
    });
  }
#if UNROLL_ONEDNN
  onednn::Prefer(onednn::Preference::kAlways);
  for (int threads : {1, 2}) {
    Configure(threads, Precision::kFloat32);
    TestRandomShapes();
    TestEdges();
    TestBlocks();
    TestBatch();
    TestRepeats();
  }
#endif
  return Report("matmul_test");
}
