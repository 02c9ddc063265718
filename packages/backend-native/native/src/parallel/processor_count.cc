#include "parallel/processor_count.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace unroll {
namespace {

#if defined(__linux__)
int PinnedProcessors(int otherwise) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : otherwise;
}

// cgroup v2: "quota period" in microseconds, or "max period" for no limit.
int GrantedProcessors(int otherwise) {
  std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r");
  if (file == nullptr) return otherwise;
  long long quota = 0, period = 0;
  const int found = std::fscanf(file, "%lld %lld", &quota, &period);
  std::fclose(file);
  if (found != 2 || quota <= 0 || period <= 0) return otherwise;
  return static_cast<int>((quota + period - 1) / period);
}
#endif

}  // namespace

int AvailableProcessors() {
  int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#if defined(__linux__)
  processors = std::min({processors, PinnedProcessors(processors), GrantedProcessors(processors)});
#endif
  return std::max(1, processors);
}

}  // namespace unroll
