#ifndef UNROLL_MATMUL_CACHE_SIZE_H_
#define UNROLL_MATMUL_CACHE_SIZE_H_

#include <cstdint>

namespace unroll {

/// Bytes of one core's second-level cache, between 256 KB and 2 MB; 512 KB where the system does not say.
int64_t SecondLevelCacheBytes();

}  // namespace unroll

#endif  // UNROLL_MATMUL_CACHE_SIZE_H_
