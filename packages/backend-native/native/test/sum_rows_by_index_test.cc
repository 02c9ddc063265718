#include <cstring>

#include "check.h"
#include "unroll/configuration.h"
#include "unroll/movement.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// The sums of SegmentSum, bit for bit, for the segments that occur.
void TestSums(int64_t count, int64_t columns, int32_t largest, Random& random) {
  std::vector<int32_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(static_cast<int32_t>(random.Between(0, largest)));
  const std::vector<float> values = random.Floats(count * columns);
  const int64_t segments = static_cast<int64_t>(largest) + 1;
  std::vector<float> expected(static_cast<size_t>(segments * columns));
  SegmentSum(values.data(), indices.data(), count, columns, segments, expected.data());
  Guarded sums(count * columns), rows(count);  // an int32 is as wide as a float
  int64_t found = -1;
  const Status status = SumRowsByIndex(indices.data(), values.data(), count, columns, reinterpret_cast<int32_t*>(rows.data()), sums.data(), &found);
  CHECK(status.ok(), "%s", status.message().c_str());
  CHECK(sums.GuardsIntact() && rows.GuardsIntact(), "%lld x %lld: wrote outside", static_cast<long long>(count), static_cast<long long>(columns));
  std::vector<bool> occurs(static_cast<size_t>(segments), false);
  for (int32_t index : indices) occurs[static_cast<size_t>(index)] = true;
  int64_t row = 0;
  for (int64_t index = 0; index < segments; ++index) {
    if (!occurs[static_cast<size_t>(index)]) continue;
    int32_t got = -1;
    if (row < found) std::memcpy(&got, rows.data() + row, sizeof got);
    CHECK(got == index, "row %lld is %d, expected %lld", static_cast<long long>(row), got, static_cast<long long>(index));
    CHECK(columns == 0 || std::memcmp(sums.data() + row * columns, expected.data() + index * columns, static_cast<size_t>(columns) * sizeof(float)) == 0,
          "sums of index %lld of %lld x %lld", static_cast<long long>(index), static_cast<long long>(count), static_cast<long long>(columns));
    ++row;
  }
  CHECK(row == found, "found %lld rows, expected %lld", static_cast<long long>(found), static_cast<long long>(row));
}

void TestLargeIndices() {
  const int32_t indices[] = {INT32_MAX, 0, 1 << 11, 1 << 22, INT32_MAX, (1 << 22) - 1};
  const float values[] = {1, 2, 4, 8, 16, 32};
  const int32_t expected_rows[] = {0, 1 << 11, (1 << 22) - 1, 1 << 22, INT32_MAX};
  const float expected_sums[] = {2, 4, 32, 8, 17};
  int32_t rows[6];
  float sums[6];
  int64_t found = 0;
  CHECK(SumRowsByIndex(indices, values, 6, 1, rows, sums, &found).ok() && found == 5, "found %lld", static_cast<long long>(found));
  for (int i = 0; i < 5; ++i) CHECK(rows[i] == expected_rows[i] && sums[i] == expected_sums[i], "%d: %g", rows[i], sums[i]);
  const int32_t negative[] = {3, -1};
  CHECK(!SumRowsByIndex(negative, values, 2, 1, rows, sums, &found).ok(), "a negative index must be refused");
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      Random random(21);
      for (int64_t columns : {0, 1, 5, 64, 200})
        for (int64_t count : {0, 1, 2, 50, 700})
          for (int32_t largest : {0, 3, 4999}) TestSums(count, columns, largest, random);
      TestLargeIndices();
    });
  }
  return Report("sum_rows_by_index_test");
}
