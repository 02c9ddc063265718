#ifndef UNROLL_PARALLEL_THREAD_POOL_H_
#define UNROLL_PARALLEL_THREAD_POOL_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace unroll {

// The one pool of threads. Workers live as long as the process, wait a few microseconds for the next call in a busy
// loop and then sleep, so that an idle pool costs nothing. Work is divided in advance (never stolen): which thread
// computes what depends on the thread count alone, and so do the bits of a result.

namespace internal {
using ThreadBody = void (*)(void* context, int thread);
void RunOnThreads(int threads, ThreadBody body, void* context);
}  // namespace internal

/// True inside a body that the pool runs; there, ParallelFor and ParallelRun run on the calling thread alone.
bool InsideParallel();

/// Calls body(thread) once for each thread in [0, threads), at the same time (the caller is thread 0), and returns
/// when all are done. The bodies may wait for each other (SpinBarrier). `threads` must not exceed ThreadCount(). What a
/// body throws (memory can run out anywhere) is thrown to the caller once all have ended; those at a barrier end there.
template <typename Body>
void ParallelRun(int threads, Body&& body) {
  using Plain = typename std::remove_reference<Body>::type;
  internal::RunOnThreads(
      threads, [](void* context, int thread) { (*static_cast<Plain*>(context))(thread); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

/// How many parts ParallelFor makes: at most one a thread, none smaller than `grain` items (but for a single one).
int PartCount(int64_t count, int64_t grain);

/// The first item of part `part` of `parts`: parts differ by at most one unit of `multiple` items.
inline int64_t PartBegin(int64_t count, int part, int parts, int64_t multiple = 1) {
  const int64_t units = (count + multiple - 1) / multiple;
  const int64_t begin = units * part / parts * multiple;
  return begin < count ? begin : count;
}

/// Calls body(begin, end) on disjoint ranges that together are [0, count), each at least `grain` items long: choose
/// it so that a range is some 10 microseconds of work or more.
template <typename Body>
void ParallelFor(int64_t count, int64_t grain, Body&& body) {
  if (count <= 0) return;
  const int parts = PartCount(count, grain);
  if (parts <= 1) {
    body(static_cast<int64_t>(0), count);
    return;
  }
  ParallelRun(parts, [&](int part) { body(PartBegin(count, part, parts), PartBegin(count, part + 1, parts)); });
}

/// Lets the bodies of one ParallelRun wait for each other, again and again. Waits in a busy loop, then gives the core
/// away, because steps of a recurrent layer are too short to sleep through.
class SpinBarrier {
 public:
  explicit SpinBarrier(int threads) : threads_(threads) {}
  /// Throws when another body of the section has thrown, since that one will not come.
  void Wait();

 private:
  const int threads_;
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<int> round_{0};
};

}  // namespace unroll

#endif  // UNROLL_PARALLEL_THREAD_POOL_H_
