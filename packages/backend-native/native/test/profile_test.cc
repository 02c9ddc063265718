// Stages of kernels: names, order, threads, work, and what happens when there is no room.
#include "unroll/profile.h"

#include <string>

#include "check.h"
#include "parallel/thread_pool.h"
#include "unroll/matmul.h"

using namespace unroll;
using unroll_test::Random;

namespace {

void TestOffNothingIsKept() {
  profile::Start(0);
  { const profile::Span span("stage"); }
  profile::Laps laps;
  laps.Lap("lap");
  CHECK(profile::Take().records.empty(), "a stage was recorded while nothing should be");
}

void TestSpansAndLaps() {
  profile::Start(8);
  {
    const profile::Span outer("outer", 3, 5, 7);
    profile::Laps laps;
    laps.Lap("first", 11);
    laps.Lap("second");
  }
  const profile::Recorded recorded = profile::Take();
  CHECK(recorded.records.size() == 3 && recorded.lost == 0, "got %zu records", recorded.records.size());
  const profile::Record &first = recorded.records[0], &second = recorded.records[1], &outer = recorded.records[2];
  CHECK(std::string(first.name) == "first" && first.operations == 11, "the first lap is %s", first.name);
  CHECK(second.begin_ns == first.end_ns, "laps must leave no gap");
  CHECK(outer.begin_ns <= first.begin_ns && outer.end_ns >= second.end_ns, "the outer span must end last");
  CHECK(outer.operations == 2 * 3 * 5 * 7 && outer.m == 3 && outer.n == 5 && outer.k == 7, "work is %f", outer.operations);
  CHECK(profile::Take().records.empty(), "Take must empty");
}

void TestThereIsAnEndToRoom() {
  profile::Start(2);
  for (int i = 0; i < 5; ++i) const profile::Span span("stage");
  const profile::Recorded recorded = profile::Take();
  CHECK(recorded.records.size() == 2 && recorded.lost == 3, "kept %zu, lost %lld", recorded.records.size(), static_cast<long long>(recorded.lost));
  { const profile::Span span("stage"); }
  CHECK(profile::Take().records.size() == 1, "there is room again after Take");
}

void TestEveryThreadRecordsForItself() {
  constexpr int kThreads = 3, kStages = 200;
  Configure(kThreads, Precision::kFloat32);
  profile::Start(kStages);
  ParallelRun(kThreads, [&](int) {
    for (int i = 0; i < kStages; ++i) const profile::Span span("stage");
  });
  const profile::Recorded recorded = profile::Take();
  CHECK(recorded.records.size() == kThreads * kStages && recorded.lost == 0, "got %zu records", recorded.records.size());
  int64_t count[16] = {};
  for (const profile::Record& record : recorded.records) ++count[record.thread & 15];
  CHECK(count[0] == kStages, "the caller is thread 0, which has %lld", static_cast<long long>(count[0]));
  Configure(0, Precision::kFloat32);
}

void TestAProductTellsItsSizes() {
  Random random(5);
  const std::vector<float> a = random.Floats(6), b = random.Floats(12);
  std::vector<float> c(8);
  profile::Start(8);
  MatMul product;
  product.m = 2, product.n = 4, product.k = 3;
  product.a = Factor{a.data(), 3, false};
  product.b = Factor{b.data(), 4, false};
  product.c = c.data(), product.c_stride = 4;
  Multiply(product);
  const profile::Recorded recorded = profile::Take();
  CHECK(recorded.records.size() == 1 && recorded.records[0].operations == 48, "got %zu records", recorded.records.size());
  profile::Start(0);
}

}  // namespace

int main() {
  TestOffNothingIsKept();
  TestSpansAndLaps();
  TestThereIsAnEndToRoom();
  TestEveryThreadRecordsForItself();
  TestAProductTellsItsSizes();
  return unroll_test::Report("profile_test");
}
