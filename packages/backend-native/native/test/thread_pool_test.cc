#include "parallel/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "unroll/configuration.h"
#include "unroll/lstm_sequence.h"
#include "unroll/matmul.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// Runs body(caller) on so many threads that know nothing of the pool, as Node's worker threads do.
template <typename Body>
void FromCallers(int callers, Body&& body) {
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) threads.emplace_back([&body, caller] { body(caller); });
  for (std::thread& thread : threads) thread.join();
}

/// Every item once, in ranges that hold at least `grain` of them.
void TestParallelFor(int threads) {
  for (int64_t count : {0, 1, 2, 7, 64, 1000})
    for (int64_t grain : {1, 3, 100, 5000}) {
      std::vector<int> visits(static_cast<size_t>(count), 0);
      std::atomic<int> ranges{0}, short_ranges{0};
      ParallelFor(count, grain, [&](int64_t begin, int64_t end) {
        ++ranges;
        if (end - begin < std::min(grain, count)) ++short_ranges;
        for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
      });
      const bool once = std::all_of(visits.begin(), visits.end(), [](int n) { return n == 1; });
      CHECK(once && ranges <= threads, "%d items, grain %d, %d threads: %d ranges", (int)count, (int)grain, threads, ranges.load());
      CHECK(short_ranges == 0, "%d items, grain %d, %d threads: a range is too short", (int)count, (int)grain, threads);
    }
}

/// Each thread of a section writes its own number in each round and reads all others' after the barrier: plain memory,
/// so that the barrier alone puts it in order.
int64_t SumOverRounds(int threads, int rounds) {
  std::vector<int64_t> numbers(static_cast<size_t>(threads)), sums(static_cast<size_t>(threads));
  SpinBarrier barrier(threads);
  ParallelRun(threads, [&](int thread) {
    for (int round = 0; round < rounds; ++round) {
      numbers[static_cast<size_t>(thread)] = round * 10 + thread;
      barrier.Wait();
      for (int64_t number : numbers) sums[static_cast<size_t>(thread)] += number;
      barrier.Wait();
    }
  });
  for (int64_t sum : sums) CHECK(sum == sums[0], "threads of one section read %lld and %lld", (long long)sum, (long long)sums[0]);
  return sums[0];
}

int64_t ExpectedSum(int threads, int rounds) {
  return int64_t{10} * threads * rounds * (rounds - 1) / 2 + int64_t{rounds} * threads * (threads - 1) / 2;
}

void TestBarrier(int threads, int rounds) {
  const int64_t sum = SumOverRounds(threads, rounds), expected = ExpectedSum(threads, rounds);
  CHECK(sum == expected, "%d threads, %d rounds: %lld, expected %lld", threads, rounds, (long long)sum, (long long)expected);
}

void TestNested() {
  std::atomic<int> inner{0};
  ParallelRun(2, [&](int) {
    CHECK(InsideParallel(), "a body does not know that it is one");
    CHECK(PartCount(1 << 20, 1) == 1, "a body would share its work");
    ParallelFor(10, 1, [&](int64_t begin, int64_t end) { inner += static_cast<int>(end - begin); });
  });
  CHECK(inner == 20 && !InsideParallel(), "%d items inside of two bodies", inner.load());
}

/// What a section throws when the bodies of `failing` threads do, others waiting for them at a barrier.
std::string ThrownBy(int threads, int failing) {
  std::atomic<int> ended{0};
  struct Ended {
    std::atomic<int>& count;
    ~Ended() { ++count; }
  };
  SpinBarrier barrier(threads);
  std::string thrown = "nothing";
  try {
    ParallelRun(threads, [&](int thread) {
      const Ended at_exit{ended};
      barrier.Wait();
      if (thread == failing) throw std::runtime_error("thread " + std::to_string(thread));
      barrier.Wait();
    });
  } catch (const std::exception& error) {
    thrown = error.what();
  }
  CHECK(ended == threads, "%d of %d bodies had ended when the section did", ended.load(), threads);
  return thrown;
}

void TestExceptions() {
  for (int threads : {2, 3, 5})
    for (int failing = 0; failing < threads; ++failing) {
      const std::string thrown = ThrownBy(threads, failing), expected = "thread " + std::to_string(failing);
      CHECK(thrown == expected, "%d threads: %s, expected %s", threads, thrown.c_str(), expected.c_str());
      TestBarrier(threads, 3);
    }
  CHECK(!InsideParallel(), "the caller still counts as a body");
}

/// A product and a layer that are large enough for several threads.
struct Problem {
  static constexpr int64_t kSize = 96, kTime = 4, kBatch = 24, kHidden = 64;
  std::vector<float> a, b, x, kernel, recurrent, bias, state;

  Problem() {
    Random random(21);
    a = random.Floats(kSize * kSize), b = random.Floats(kSize * kSize);
    x = random.Floats(kTime * kBatch * kHidden);
    kernel = random.Floats(kHidden * 4 * kHidden, 0.2f), recurrent = random.Floats(kHidden * 4 * kHidden, 0.2f);
    bias = random.Floats(4 * kHidden), state = random.Floats(kBatch * kHidden);
  }

  std::vector<float> Product() const {
    std::vector<float> c(kSize * kSize);
    MatMul product;
    product.m = product.n = product.k = kSize;
    product.a = Factor{a.data(), kSize, false}, product.b = Factor{b.data(), kSize, true};
    product.c = c.data(), product.c_stride = kSize;
    Multiply(product);
    return c;
  }

  std::vector<float> Layer() const {
    SequenceInputs in;
    in.time_steps = kTime, in.batch_size = kBatch, in.input_size = kHidden, in.hidden_size = kHidden;
    in.input = x.data(), in.input_kernel = kernel.data(), in.recurrent_kernel = recurrent.data();
    in.bias = bias.data(), in.initial_h = state.data();
    std::vector<float> output(x.size()), cells(x.size()), gates(4 * x.size()), h(state.size()), c(state.size());
    const Status status = LstmSequence({in, state.data(), output.data(), h.data(), c.data(), gates.data(), cells.data()});
    CHECK(status.ok(), "%s", status.message().c_str());
    output.insert(output.end(), c.begin(), c.end());
    return output;
  }
};

bool Close(const std::vector<float>& a, const std::vector<float>& b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (!(std::fabs(a[i] - b[i]) <= 1e-4f)) return false;
  return a.size() == b.size();
}

/// Kernels of several callers at once, with the pool's threads: the bits that one caller gets.
void TestKernelsFromCallers() {
  const Problem problem;
  for (int threads : {1, 3}) {
    Configure(threads, Precision::kFloat32);
    const std::vector<float> product = problem.Product(), layer = problem.Layer();
    FromCallers(3, [&](int caller) {
      for (int i = 0; i < 6; ++i) {
        if (caller % 2 == 0) CHECK(problem.Product() == product, "caller %d, %d threads: other bits of a product", caller, threads);
        if (caller != 0) CHECK(problem.Layer() == layer, "caller %d, %d threads: other bits of a layer", caller, threads);
      }
    });
  }
}

/// Sections, kernels, errors and new configurations from several callers at once, while the pool grows.
void TestContention() {
  const Problem problem;
  Configure(2, Precision::kFloat32);
  const std::vector<float> product = problem.Product(), layer = problem.Layer();
  FromCallers(4, [&](int caller) {
    for (int i = 0; i < 25; ++i) {
      if (caller == 0) {
        Configure(1 + i % 5, Precision::kFloat32);
        LimitTarget(i % 2 == 0 ? Target::kAvx2 : Target::kAvx512);
      } else if (caller == 1) {
        TestBarrier(2 + i % 6, 20);
      } else if (caller == 2) {
        CHECK(Close(problem.Product(), product), "a product went wrong while others ran");
        CHECK(ThrownBy(3, 1) == "thread 1", "an error got lost while others ran");
      } else {
        CHECK(Close(problem.Layer(), layer), "a layer went wrong while others ran");
      }
    }
  });
  LimitTarget(Target::kAvx512);
}

}  // namespace

int main() {
  for (int threads = 1; threads <= 5; ++threads) {
    Configure(threads, Precision::kFloat32);
    TestParallelFor(threads);
    TestBarrier(threads, 500);
  }
  TestNested();
  TestExceptions();
  FromCallers(4, [](int caller) {
    for (int i = 0; i < 50; ++i) TestBarrier(2 + caller % 3, 20);
  });
  TestKernelsFromCallers();
  TestContention();
  return Report("thread_pool_test");
}
