#ifndef UNROLL_KERNELS_SEQUENCE_TEAM_H_
#define UNROLL_KERNELS_SEQUENCE_TEAM_H_

#include <cstdint>
#include <deque>

#include "kernels/sequence/walk.h"
#include "parallel/thread_pool.h"

namespace unroll {

// How threads share walks. Within one walk each thread of its team owns a slice of the hidden units: it multiplies the
// whole previous state by its columns of the recurrent kernel, passes its gates, and then waits for the other slices of
// the new state: one barrier a step. Walks that do not depend on each other (the two directions of a layer) go side by
// side, each with a team of its own, so that fewer threads, or none, wait.

/// Hidden units [begin, end) of one thread.
struct UnitSlice {
  int64_t begin, end;
  int64_t count() const { return end - begin; }
};

struct Team {
  int thread, threads;
  SpinBarrier& barrier;

  /// This thread's units, whole multiples of `multiple` but for the last.
  UnitSlice Slice(int64_t units, int64_t multiple) const {
    return {PartBegin(units, thread, threads, multiple), PartBegin(units, thread + 1, threads, multiple)};
  }
};

/// How `walks` walks are shared out: `side_by_side` with `threads` each, or one after the other with `threads`.
struct Division {
  int threads;
  bool side_by_side;
};
Division DivideWalks(const Walk& walk, int gates, int walks);

/// Slices are multiples of this many units, so that all gates of a slice together fill whole vectors.
int64_t UnitMultiple(int gates);

/// Calls body(walk, team) on every thread of the team of each walk.
template <typename Body>
void RunTeams(Division division, int walks, Body&& body) {
  const int threads = division.threads;
  std::deque<SpinBarrier> barriers;
  for (int i = 0; i < walks; ++i) barriers.emplace_back(threads);
  if (division.side_by_side) {
    ParallelRun(walks * threads, [&](int thread) { body(thread / threads, Team{thread % threads, threads, barriers[static_cast<size_t>(thread / threads)]}); });
    return;
  }
  for (int i = 0; i < walks; ++i)
    ParallelRun(threads, [&](int thread) { body(i, Team{thread, threads, barriers[static_cast<size_t>(i)]}); });
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_TEAM_H_
