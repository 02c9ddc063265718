#include "matmul/cache_size.h"

#include <algorithm>

#if defined(__linux__)
#include <unistd.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace unroll {
namespace {

int64_t ReportedBytes() {
#if defined(__linux__) && defined(_SC_LEVEL2_CACHE_SIZE)
  return sysconf(_SC_LEVEL2_CACHE_SIZE);
#elif defined(__APPLE__)
  int64_t bytes = 0;
  size_t size = sizeof bytes;
  return sysctlbyname("hw.l2cachesize", &bytes, &size, nullptr, 0) == 0 ? bytes : 0;
#else
  return 0;
#endif
}

}  // namespace

int64_t SecondLevelCacheBytes() {
  static const int64_t bytes = [] {
    const int64_t reported = ReportedBytes();
    return reported > 0 ? std::clamp<int64_t>(reported, 256 << 10, 2 << 20) : int64_t{512 << 10};
  }();
  return bytes;
}

}  // namespace unroll
