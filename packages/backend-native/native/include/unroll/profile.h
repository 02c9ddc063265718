#ifndef UNROLL_PROFILE_H_
#define UNROLL_PROFILE_H_

#include <atomic>
#include <cstdint>
#include <vector>

namespace unroll::profile {

// Where a kernel's time goes: stages are noted with begin, end, thread and work in memory that each thread keeps for
// itself. While nothing is recorded a stage costs one read of a flag.

/// A stage that is over.
struct Record {
  const char* name = nullptr;  // of static storage
  int thread = 0;              // 0 is the one that called Start first
  int64_t begin_ns = 0, end_ns = 0;  // of Now()
  double operations = 0, bytes = 0;
  int64_t m = 0, n = 0, k = 0;  // of a matrix product, else zeros
};

/// From now on each thread keeps up to `capacity` records; 0 stops. What was kept before is dropped. Like Take, only
/// while no kernel runs.
void Start(int64_t capacity);

/// The records since Start or the last Take, thread by thread, and how many found no room.
struct Recorded {
  std::vector<Record> records;
  int64_t lost = 0;
};
Recorded Take();

/// The steady clock in nanoseconds, never 0.
int64_t Now();

namespace internal {
extern std::atomic<bool> on;
void Add(const Record& record);
}  // namespace internal

inline bool On() { return internal::on.load(std::memory_order_relaxed); }

/// Records from its construction to its end:
///
///   const profile::Span span("softmax");
class Span {
 public:
  explicit Span(const char* name, double bytes = 0) {
    if (!On()) return;
    record_.name = name;
    record_.bytes = bytes;
    record_.begin_ns = Now();
  }

  /// A matrix product of [m, k] by [k, n].
  Span(const char* name, int64_t m, int64_t n, int64_t k) : Span(name) {
    if (record_.name == nullptr) return;
    record_.m = m, record_.n = n, record_.k = k;
    record_.operations = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  }

  ~Span() {
    if (record_.name == nullptr) return;
    record_.end_ns = Now();
    internal::Add(record_);
  }

  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  Record record_;
};

/// Stages that follow each other without a gap, as those of a time step do: each lap ends where the next one begins, so
/// that the clock is read once for each.
class Laps {
 public:
  Laps() : last_ns_(On() ? Now() : 0) {}

  /// What was done since the lap before belongs to none.
  void Skip() {
    if (last_ns_ != 0) last_ns_ = Now();
  }

  /// What was done since the lap before.
  void Lap(const char* name, double operations = 0) {
    if (last_ns_ == 0) return;
    Record record;
    record.name = name;
    record.begin_ns = last_ns_;
    record.end_ns = last_ns_ = Now();
    record.operations = operations;
    internal::Add(record);
  }

 private:
  int64_t last_ns_;
};

}  // namespace unroll::profile

#endif  // UNROLL_PROFILE_H_
