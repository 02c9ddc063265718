#ifndef UNROLL_KERNELS_STEPPER_TEAM_PACE_H_
#define UNROLL_KERNELS_STEPPER_TEAM_PACE_H_

#include <algorithm>
#include <cstdint>

namespace unroll {

/// Whether the threads of a stepper work at the same time. A step is so short that waiting for a thread whose core has
/// been given to another program costs many steps. After a step that took too long the next ones are made by one thread,
/// more of them each time it happens again; who computes what changes no bit.
class TeamPace {
 public:
  /// @param expected_ns of a step on one thread
  explicit TeamPace(int64_t expected_ns) : longest_ns_(kWakingNs + 2 * expected_ns) {}

  bool IsTogether() {
    if (alone_left_ == 0) return true;
    is_waking_ = --alone_left_ == 0;
    return false;
  }

  /// Notes how long a step of all threads took.
  void TookTogether(int64_t ns) {
    if (is_waking_) {
      is_waking_ = false;  // the others had gone to sleep meanwhile, so this step says nothing
    } else if (ns > longest_ns_) {
      alone_left_ = next_alone_;
      next_alone_ = std::min<int64_t>(2 * next_alone_, kMostAlone);
    } else {
      next_alone_ = std::max<int64_t>(next_alone_ / 2, kLeastAlone);
    }
  }

 private:
  static constexpr int64_t kWakingNs = 30'000;
  static constexpr int64_t kLeastAlone = 8, kMostAlone = 128;

  int64_t longest_ns_;
  int64_t alone_left_ = 0, next_alone_ = kLeastAlone;
  bool is_waking_ = true;
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_STEPPER_TEAM_PACE_H_
