#include "unroll/dropout_mask.h"

#include <cmath>

#include "parallel/thread_pool.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/dropout_mask.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

struct Words {
  UInts first, second;
};

template <int kRotation>
static UNROLL_INLINE void MixWords(Words& w) {
  w.first += w.second;
  w.second = ((w.second << kRotation) | (w.second >> (32 - kRotation))) ^ w.first;
}

template <int a, int b, int c, int d>
static UNROLL_INLINE void FourRounds(Words& w, uint32_t key_first, uint32_t key_second) {
  MixWords<a>(w);
  MixWords<b>(w);
  MixWords<c>(w);
  MixWords<d>(w);
  w.first += key_first;
  w.second += key_second;
}

/// kLanes counters at a time. `k` holds the two key words and their exclusive or with the parity constant.
static UNROLL_INLINE Words Threefry(UInts counter, const uint32_t (&k)[3]) {
  Words w{counter + k[0], (counter & 0u) + k[1]};
  FourRounds<13, 15, 26, 6>(w, k[1], k[2] + 1);
  FourRounds<17, 29, 16, 24>(w, k[2], k[0] + 2);
  FourRounds<13, 15, 26, 6>(w, k[0], k[1] + 3);
  FourRounds<17, 29, 16, 24>(w, k[1], k[2] + 4);
  FourRounds<13, 15, 26, 6>(w, k[2], k[0] + 5);
  return w;
}

/// Elements 2 * first_pair ... of the mask, n of them; kept where the top 24 bits reach `threshold`.
void FillMask(const uint32_t (&key)[3], uint32_t threshold, float kept, int64_t first_pair, float* mask, int64_t n) {
  UInts counter;
  for (int i = 0; i < kLanes; ++i) counter[i] = static_cast<uint32_t>(first_pair + i);
  const Floats on = Broadcast(kept), off = Broadcast(0.0f);
  for (int64_t i = 0; i < n; i += 2 * kLanes, counter += kLanes) {
    const Words w = Threefry(counter, key);
    const Floats even = (w.first >> 8) >= threshold ? on : off, odd = (w.second >> 8) >= threshold ? on : off;
    StoreUpTo(mask + i, InterleaveLower(even, odd), n - i);
    if (n - i > kLanes) StoreUpTo(mask + i + kLanes, InterleaveUpper(even, odd), n - i - kLanes);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void DropoutMask(uint32_t key0, uint32_t key1, double rate, int64_t offset, float* mask, int64_t n) {
  const uint32_t key[3] = {key0, key1, 0x1bd11bdau ^ key0 ^ key1};
  // w * 2^-24 >= rate is w >= ceil(rate * 2^24): both products are exact.
  const uint32_t threshold = static_cast<uint32_t>(std::ceil(rate * 16777216.0));
  const float kept = static_cast<float>(1 / (1 - rate));
  if (offset % 2 == 1 && n > 0) {  // the second half of a pair
    float pair[2];
    UNROLL_DISPATCH(FillMask)(key, threshold, kept, offset / 2, pair, 2);
    *mask++ = pair[1];
    ++offset, --n;
  }
  const int64_t first_pair = offset / 2, pairs = (n + 1) / 2;
  ParallelFor(pairs, 1 << 13, [&](int64_t begin, int64_t end) {
    const int64_t last = 2 * end < n ? 2 * end : n;
    UNROLL_DISPATCH(FillMask)(key, threshold, kept, first_pair + begin, mask + 2 * begin, last - 2 * begin);
  });
}
#endif

}  // namespace unroll
