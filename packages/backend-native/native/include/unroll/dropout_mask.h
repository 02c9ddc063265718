#ifndef UNROLL_DROPOUT_MASK_H_
#define UNROLL_DROPOUT_MASK_H_

#include <cstdint>

namespace unroll {

/// Elements `offset` >= 0 and on of an endless mask, n of them: 0 with probability `rate` (0 <= rate < 1), otherwise 1 / (1 - rate). The numbers come from Threefry-2x32
/// with 20 rounds (Salmon et al. 2011): elements 2j and 2j + 1 from the two words w of counter (j, 0) under key
/// (key0, key1); an element is kept if (w >> 8) * 2^-24 >= rate. So each element depends on its place and the key alone.
void DropoutMask(uint32_t key0, uint32_t key1, double rate, int64_t offset, float* mask, int64_t n);

}  // namespace unroll

#endif  // UNROLL_DROPOUT_MASK_H_
