// The kernels without a test of their own in C++: what plain loops give, whatever the instruction set, and the same bits
// with any number of threads. Sizes are below and above what one thread takes, and 0.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

#include "check.h"
#include "unroll/configuration.h"
#include "unroll/elementwise.h"
#include "unroll/movement.h"
#include "unroll/reduce.h"
#include "unroll/top_k.h"

using namespace unroll;
using namespace unroll_test;

namespace {

using Doubles = std::vector<double>;

/// Runs `fill` into a guarded buffer with 1 to 5 threads and compares: the first with `expected`, the others bit by bit.
void CheckThreads(const Doubles& expected, const std::string& what, const std::function<void(float*)>& fill) {
  const int64_t n = static_cast<int64_t>(expected.size());
  Configure(1, Precision::kFloat32);
  Guarded first(n);
  fill(first.data());
  CheckClose(first, expected, 1e-5, 1e-6, what + " on " + TargetName());
  for (int threads = 2; threads <= 5; ++threads) {
    Configure(threads, Precision::kFloat32);
    Guarded again(n);
    fill(again.data());
    const bool same = n == 0 || std::memcmp(first.data(), again.data(), static_cast<size_t>(n) * sizeof(float)) == 0;
    CHECK(again.GuardsIntact() && same, "%s with %d threads on %s", what.c_str(), threads, TargetName());
  }
}

Sizes SizesOf(const std::vector<int64_t>& shape) {
  Sizes sizes;
  for (int64_t size : shape) sizes.values[sizes.rank++] = size;
  return sizes;
}

void TestUnary(Random& random) {
  const struct {
    UnaryOperation operation;
    double (*function)(double);
  } cases[] = {{UnaryOperation::kAbs, [](double x) { return std::fabs(x); }},
               {UnaryOperation::kExp, [](double x) { return std::exp(x); }},
               {UnaryOperation::kTanh, [](double x) { return std::tanh(x); }},
               {UnaryOperation::kSigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
               {UnaryOperation::kRelu6, [](double x) { return std::min(6.0, std::max(0.0, x)); }},
               {UnaryOperation::kFloor, [](double x) { return std::floor(x); }},
               {UnaryOperation::kSoftplus, [](double x) { return std::log1p(std::exp(x)); }},
               {UnaryOperation::kElu, [](double x) { return x > 0 ? x : std::expm1(x); }}};
  for (const auto& c : cases)
    for (int64_t n : {0, 1, 15, 33, 200'003}) {
      const auto x = random.Floats(n, 8);
      Doubles expected;
      for (float value : x) expected.push_back(c.function(value));
      CheckThreads(expected, "unary " + std::to_string(static_cast<int>(c.operation)) + " of " + std::to_string(n),
                   [&](float* y) { Unary(c.operation, x.data(), y, n, 0, 0); });
    }
}

/// Index of an operand of shape `sizes` for index `at` of the broadcast shape `y`.
int64_t OperandIndex(const Sizes& sizes, const Sizes& y, int64_t at) {
  int64_t index = 0, stride = 1;
  for (int d = y.rank - 1; d >= 0; --d) {
    const int64_t i = at % y.values[d];
    at /= y.values[d];
    const int own = d - (y.rank - sizes.rank);
    if (own < 0) continue;
    if (sizes.values[own] != 1) index += i * stride;
    stride *= sizes.values[own];
  }
  return index;
}

void TestBinary(Random& random) {
  const std::vector<std::vector<int64_t>> shapes[] = {{{}, {}},           {{7}, {}},        {{3, 1, 5}, {4, 1}},   {{2, 1, 3, 1}, {5, 1, 17}},
                                                      {{400, 301}, {301}}, {{400, 301}, {400, 1}}, {{0, 3}, {3}}, {{2, 0, 1 << 30, 1 << 30}, {1}}};
  for (const auto& shape : shapes) {
    const Sizes a_sizes = SizesOf(shape[0]), b_sizes = SizesOf(shape[1]);
    Sizes y_sizes;
    CHECK(BroadcastShape(a_sizes, b_sizes, &y_sizes).ok(), "shapes do not go together");
    const auto a = random.Floats(a_sizes.Count()), b = random.Floats(b_sizes.Count());
    Doubles sums;
    std::vector<uint8_t> less;
    for (int64_t i = 0; i < y_sizes.Count(); ++i) {
      const float left = a[static_cast<size_t>(OperandIndex(a_sizes, y_sizes, i))], right = b[static_cast<size_t>(OperandIndex(b_sizes, y_sizes, i))];
      sums.push_back(static_cast<double>(left) - right);
      less.push_back(left < right);
    }
    CheckThreads(sums, "difference", [&](float* y) {
      CHECK(Binary(BinaryOperation::kSub, a.data(), a_sizes, b.data(), b_sizes, y).ok(), "Binary failed");
    });
    std::vector<uint8_t> compared(less.size() + 1, 7);
    CHECK(Compare(CompareOperation::kLess, a.data(), a_sizes, b.data(), b_sizes, compared.data()).ok(), "Compare failed");
    CHECK(std::equal(less.begin(), less.end(), compared.begin()) && compared.back() == 7, "compared wrongly on %s", TargetName());
  }
  Sizes y;
  CHECK(!BroadcastShape(SizesOf({2, 3}), SizesOf({2}), &y).ok(), "shapes that do not go together are taken");
}

void TestSelectAndAddN(Random& random) {
  for (int64_t rows : {0, 5, 70'000})
    for (int64_t width : {0, 1, 3}) {
      const auto yes = random.Floats(rows * width), no = random.Floats(rows * width);
      std::vector<uint8_t> condition(static_cast<size_t>(rows));
      for (uint8_t& each : condition) each = random.Bits() & 1;
      Doubles selected, added;
      for (size_t i = 0; i < yes.size(); ++i) {
        selected.push_back(condition[i / static_cast<size_t>(width)] ? yes[i] : no[i]);
        added.push_back(static_cast<double>(yes[i]) + no[i] + yes[i]);
      }
      CheckThreads(selected, "select", [&](float* y) { SelectRows(condition.data(), yes.data(), no.data(), y, rows, width); });
      const float* inputs[] = {yes.data(), no.data(), yes.data()};
      CheckThreads(added, "addN", [&](float* y) { AddN(inputs, 3, y, rows * width); });
    }
}

void TestReduce(Random& random) {
  for (const ReduceShape shape : {ReduceShape{3, 5, 1}, {2, 300, 7}, {300, 301, 1}, {2, 130, 700}, {4, 0, 3}, {0, 4, 3}, {4, 3, 0}}) {
    const auto x = random.Floats(shape.outer * shape.size * shape.inner);
    Doubles sums, greatest, where;
    for (int64_t o = 0; o < shape.outer; ++o)
      for (int64_t i = 0; i < shape.inner; ++i) {
        double sum = 0, most = -INFINITY;
        int64_t at = 0;
        for (int64_t s = 0; s < shape.size; ++s) {
          const double value = x[static_cast<size_t>((o * shape.size + s) * shape.inner + i)];
          sum += value;
          if (value > most) most = value, at = s;
        }
        sums.push_back(sum), greatest.push_back(most), where.push_back(static_cast<double>(at));
      }
    CheckThreads(sums, "sum", [&](float* y) { Reduce(Reduction::kSum, x.data(), shape, y); });
    if (shape.size == 0) continue;
    CheckThreads(greatest, "maximum", [&](float* y) { Reduce(Reduction::kMax, x.data(), shape, y); });
    CheckThreads(where, "argmax", [&](float* y) {
      std::vector<int32_t> places(where.size());
      ArgMax(x.data(), shape, places.data());
      std::copy(places.begin(), places.end(), y);
    });
  }
}

void TestSoftmax(Random& random) {
  for (int64_t rows : {0, 3, 500})
    for (int64_t width : {1, 5, 67}) {
      const auto x = random.Floats(rows * width, 9);
      Doubles softmax(x.size()), logarithm(x.size());
      for (int64_t r = 0; r < rows; ++r) {
        double sum = 0;
        for (int64_t i = 0; i < width; ++i) sum += std::exp(static_cast<double>(x[static_cast<size_t>(r * width + i)]));
        for (int64_t i = r * width; i < (r + 1) * width; ++i) {
          softmax[static_cast<size_t>(i)] = std::exp(static_cast<double>(x[static_cast<size_t>(i)])) / sum;
          logarithm[static_cast<size_t>(i)] = x[static_cast<size_t>(i)] - std::log(sum);
        }
      }
      CheckThreads(softmax, "softmax", [&](float* y) { Softmax(x.data(), y, rows, width); });
      CheckThreads(logarithm, "log-softmax", [&](float* y) { LogSoftmax(x.data(), y, rows, width); });
    }
}

/// A copy with the axes of x in another order, read backwards along one of them.
void TestCopyStrided(Random& random) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{{3, 5, 7}, {65, 33, 2}, {1, 300, 301}, {4, 0, 2}})
    for (const auto& order : std::vector<std::vector<int>>{{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}) {
      const int64_t n = shape[0] * shape[1] * shape[2];
      const auto x = random.Floats(n);
      const int64_t strides[] = {shape[1] * shape[2], shape[2], 1};
      StridedCopy copy;
      copy.rank = 3;
      for (int d = 0; d < 3; ++d) copy.sizes[d] = shape[static_cast<size_t>(order[static_cast<size_t>(d)])], copy.x_strides[d] = strides[order[static_cast<size_t>(d)]];
      copy.y_strides[2] = 1, copy.y_strides[1] = copy.sizes[2], copy.y_strides[0] = copy.sizes[1] * copy.sizes[2];
      if (n > 0) copy.x_offset = (copy.sizes[1] - 1) * copy.x_strides[1], copy.x_strides[1] = -copy.x_strides[1];
      Doubles expected;
      for (int64_t i = 0; i < copy.sizes[0]; ++i)
        for (int64_t j = 0; j < copy.sizes[1]; ++j)
          for (int64_t k = 0; k < copy.sizes[2]; ++k)
            expected.push_back(x[static_cast<size_t>(copy.x_offset + i * copy.x_strides[0] + j * copy.x_strides[1] + k * copy.x_strides[2])]);
      copy.x = reinterpret_cast<const char*>(x.data());
      copy.x_elements = copy.y_elements = n;
      CheckThreads(expected, "strided copy", [&](float* y) {
        copy.y = reinterpret_cast<char*>(y);
        CHECK(CopyStrided(copy).ok(), "a copy was refused");
      });
      copy.x_offset += n + 1;
      CHECK(n == 0 || !CopyStrided(copy).ok(), "a copy may leave its array");
    }
  StridedCopy again;
  again.rank = 2, again.sizes[0] = again.sizes[1] = int64_t{1} << 40;
  again.x = again.y = reinterpret_cast<char*>(&again);
  again.x_elements = again.y_elements = 1;
  CHECK(!CopyStrided(again).ok(), "a copy may write one place again and again");
}

void TestTables(Random& random) {
  for (int64_t rows : {0, 7, 3000})
    for (int64_t width : {1, 19, 64}) {
      const int64_t table = 11;
      std::vector<int32_t> ids;
      for (int64_t i = 0; i < rows; ++i) ids.push_back(static_cast<int32_t>(random.Between(0, table - 1)));
      const auto x = random.Floats(table * width), values = random.Floats(rows * width);
      Doubles gathered, sums(static_cast<size_t>(table * width)), on(static_cast<size_t>(rows * table));
      for (int64_t i = 0; i < rows; ++i) {
        const int64_t id = ids[static_cast<size_t>(i)];
        on[static_cast<size_t>(i * table + id)] = 1;
        for (int64_t j = 0; j < width; ++j) {
          gathered.push_back(x[static_cast<size_t>(id * width + j)]);
          sums[static_cast<size_t>(id * width + j)] += values[static_cast<size_t>(i * width + j)];
        }
      }
      const GatherShape shape{1, 1, table, rows, width * 4};
      CheckThreads(gathered, "gather", [&](float* y) {
        CHECK(Gather(reinterpret_cast<const char*>(x.data()), ids.data(), shape, reinterpret_cast<char*>(y)).ok(), "an id was refused");
      });
      // Sums of hundreds of numbers of both signs, added in float32.
      Guarded summed(table * width);
      SegmentSum(values.data(), ids.data(), rows, width, table, summed.data());
      CheckClose(summed, sums, 1e-4, 1e-4, "segment sum");
      const Doubles same(summed.data(), summed.data() + table * width);
      CheckThreads(same, "segment sum", [&](float* y) { SegmentSum(values.data(), ids.data(), rows, width, table, y); });
      CheckThreads(on, "one-hot", [&](float* y) { OneHot(ids.data(), rows, table, 1, 0, y); });
      if (rows == 0) continue;
      for (int32_t wrong : {-1, 11, INT32_MAX, INT32_MIN}) {
        ids.back() = wrong;
        std::vector<float> y(static_cast<size_t>(rows * width));
        CHECK(!Gather(reinterpret_cast<const char*>(x.data()), ids.data(), shape, reinterpret_cast<char*>(y.data())).ok(), "id %d is taken", wrong);
        SegmentSum(values.data(), ids.data(), rows, width, table, summed.data());
        CHECK(summed.GuardsIntact(), "id %d was written to", wrong);
      }
    }
}

void TestTopK(Random& random) {
  for (int64_t width : {1, 2, 17, 64, 65, 300})
    for (int64_t k : {int64_t{0}, int64_t{1}, width / 2, width}) {
      const int64_t rows = 7;
      std::vector<float> x = random.Floats(rows * width, 9);
      for (size_t i = 0; i < x.size(); ++i) x[i] = i % 11 == 3 ? -INFINITY : std::floor(x[i]);  // many are equal
      std::vector<int32_t> order(static_cast<size_t>(width)), indices(static_cast<size_t>(rows * k), -1);
      std::vector<int32_t> places;
      for (int64_t row = 0; row < rows; ++row) {
        const float* each = x.data() + row * width;
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return each[a] > each[b]; });
        places.insert(places.end(), order.begin(), order.begin() + k);
      }
      std::vector<float> values(static_cast<size_t>(rows * k));
      TopK(x.data(), rows, width, k, values.data(), indices.data());
      CHECK(indices == places, "top %d of %d: other places", static_cast<int>(k), static_cast<int>(width));
      for (size_t i = 0; i < values.size(); ++i)
        CHECK(values[i] == x[i / static_cast<size_t>(k) * static_cast<size_t>(width) + static_cast<size_t>(places[i])], "top %d of %d: [%d] is %g",
              static_cast<int>(k), static_cast<int>(width), static_cast<int>(i), static_cast<double>(values[i]));
    }
}

void TestConversions() {
  const float x[] = {0, -0.0f, 1.9f, -1.9f, 2147483648.0f, -3e9f, 1e30f, NAN, INFINITY};
  const int32_t whole[] = {0, 0, 1, -1, INT32_MIN, 1294967296, 0, 0, 0};
  const uint8_t truth[] = {0, 0, 1, 1, 1, 1, 1, 1, 1};
  int32_t ints[9];
  uint8_t bools[9];
  FloatToInt(x, ints, 9);
  FloatToBool(x, bools, 9);
  for (int i = 0; i < 9; ++i)
    CHECK(ints[i] == whole[i] && bools[i] == truth[i], "%g became %d and %d", static_cast<double>(x[i]), ints[i], bools[i]);
}

}  // namespace

int main() {
  ForEachTarget([] {
    Random random(31);
    TestUnary(random);
    TestBinary(random);
    TestSelectAndAddN(random);
    TestReduce(random);
    TestSoftmax(random);
    TestCopyStrided(random);
    TestTables(random);
    TestTopK(random);
    TestConversions();
  });
  return Report("kernels_test");
}
