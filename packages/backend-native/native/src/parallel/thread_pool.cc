#include "parallel/thread_pool.h"

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "parallel/processor_count.h"
#include "unroll/configuration.h"
#include "unroll/target.h"

namespace unroll {
namespace {

// About 30 microseconds: longer than the gap between two kernels of one layer, shorter than a time slice.
constexpr int kSpinsBeforeSleep = 1000;
// A step of a recurrent layer takes up to some hundred microseconds; past that the other thread lost its core.
constexpr int kSpinsBeforeYield = 4000;

inline void Pause() {
#if UNROLL_X86
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

thread_local bool inside_parallel = false;

// The first exception of a parallel section's bodies. There is one section at a time, so there is one of these: barriers
// find it without being told.
class Failure {
 public:
  bool happened() const { return happened_.load(std::memory_order_relaxed); }

  /// Runs a body; no exception leaves it, or the threads that still use the caller's stack would be left behind.
  void Guard(internal::ThreadBody body, void* context, int thread) {
    try {
      body(context, thread);
    } catch (...) {
      if (!happened_.exchange(true, std::memory_order_relaxed)) exception_ = std::current_exception();
    }
  }

  /// Once every body has ended.
  void Rethrow() {
    if (!happened()) return;
    happened_.store(false, std::memory_order_relaxed);
    std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  std::atomic<bool> happened_{false};
  std::exception_ptr exception_;  // written by the first alone, read when all have ended
};
Failure failure;

/// Ends a body that waits at a barrier for one that has thrown.
struct Abandoned {};

// One thread that runs what lies in its letter box. `ticket` counts the letters: the owner of the pool raises it.
class Worker {
 public:
  Worker() : thread_([this] { Loop(); }) { thread_.detach(); }

  void Start(internal::ThreadBody body, void* context, int thread, std::atomic<int>* pending) {
    body_ = body;
    context_ = context;
    index_ = thread;
    pending_ = pending;
    ticket_.fetch_add(1, std::memory_order_seq_cst);
    if (sleeping_.load(std::memory_order_seq_cst)) {
      std::lock_guard<std::mutex> lock(mutex_);
      wake_.notify_one();
    }
  }

 private:
  void Loop() {
    inside_parallel = true;
    for (unsigned seen = 0;; ++seen) {
      AwaitTicketPast(seen);
      failure.Guard(body_, context_, index_);
      pending_->fetch_sub(1, std::memory_order_release);
    }
  }

  void AwaitTicketPast(unsigned seen) {
    for (int i = 0; i < kSpinsBeforeSleep; ++i) {
      if (ticket_.load(std::memory_order_acquire) != seen) return;
      Pause();
    }
    std::unique_lock<std::mutex> lock(mutex_);
    sleeping_.store(true, std::memory_order_seq_cst);
    wake_.wait(lock, [&] { return ticket_.load(std::memory_order_seq_cst) != seen; });
    sleeping_.store(false, std::memory_order_relaxed);
  }

  internal::ThreadBody body_ = nullptr;
  void* context_ = nullptr;
  int index_ = 0;
  std::atomic<int>* pending_ = nullptr;
  alignas(64) std::atomic<unsigned> ticket_{0};
  std::atomic<bool> sleeping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;  // last, so that everything it uses exists when it starts
};

struct Pool {
  std::mutex in_use;  // one parallel section at a time; callers on other threads wait their turn
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<int> threads{AvailableProcessors()};
  std::atomic<Precision> precision{Precision::kFloat32};
};

// Never destroyed: workers may still sleep in it while the process ends.
Pool& ThePool() {
  static Pool* pool = new Pool;
  return *pool;
}

/// Starts the workers that are missing.
void GrowTo(Pool& pool, size_t workers) {
  while (pool.workers.size() < workers) {
    try {
      pool.workers.push_back(std::make_unique<Worker>());
    } catch (const std::system_error& error) {
      throw std::runtime_error("thread " + std::to_string(pool.workers.size() + 2) + " of " + std::to_string(workers + 1) +
                               " could not be started (" + error.what() + "); configure fewer threads");
    }
  }
}

}  // namespace

bool InsideParallel() { return inside_parallel; }

int ThreadCount() { return ThePool().threads.load(std::memory_order_relaxed); }

Precision CurrentPrecision() { return ThePool().precision.load(std::memory_order_relaxed); }

void Configure(int threads, Precision precision) {
  Pool& pool = ThePool();
  std::lock_guard<std::mutex> lock(pool.in_use);
  pool.threads = threads > 0 ? threads : AvailableProcessors();
  pool.precision = precision;
}

int PartCount(int64_t count, int64_t grain) {
  if (inside_parallel || count <= grain) return 1;
  const int64_t parts = count / (grain > 0 ? grain : 1);
  const int threads = ThreadCount();
  return static_cast<int>(parts < threads ? parts : threads);
}

namespace internal {

void RunOnThreads(int threads, ThreadBody body, void* context) {
  if (threads <= 1 || inside_parallel) {
    for (int thread = 0; thread < threads; ++thread) body(context, thread);
    return;
  }
  Pool& pool = ThePool();
  std::lock_guard<std::mutex> lock(pool.in_use);
  GrowTo(pool, static_cast<size_t>(threads - 1));
  std::atomic<int> pending{threads - 1};
  for (int thread = 1; thread < threads; ++thread) pool.workers[thread - 1]->Start(body, context, thread, &pending);
  inside_parallel = true;
  failure.Guard(body, context, 0);
  inside_parallel = false;
  for (int spins = 0; pending.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < kSpinsBeforeYield) {
      Pause();
    } else {
      std::this_thread::yield();
    }
  }
  failure.Rethrow();
}

}  // namespace internal

void SpinBarrier::Wait() {
  const int round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    return;
  }
  for (int spins = 0; round_.load(std::memory_order_acquire) == round; ++spins) {
    if (failure.happened()) throw Abandoned();
    if (spins < kSpinsBeforeYield) {
      Pause();
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace unroll
