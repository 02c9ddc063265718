#ifndef UNROLL_MOVEMENT_H_
#define UNROLL_MOVEMENT_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

// Kernels that move numbers without computing.

constexpr int kMaxCopyRank = 16;

/// y[y_offset + sum i_d * y_strides[d]] = x[x_offset + sum i_d * x_strides[d]] for every index 0 <= i_d < sizes[d].
/// Offsets and strides count elements of `element_size` (1, 2, 4 or 8) bytes. A stride of x may be 0 (repeat) or negative.
/// Slices, transposes, concatenations, paddings and tiles are all one or more of these.
struct StridedCopy {
  int rank = 0;
  int element_size = 4;
  int64_t sizes[kMaxCopyRank] = {};
  const char* x = nullptr;
  int64_t x_elements = 0, x_offset = 0;
  int64_t x_strides[kMaxCopyRank] = {};
  char* y = nullptr;  // may not overlap x
  int64_t y_elements = 0, y_offset = 0;
  int64_t y_strides[kMaxCopyRank] = {};
};

/// Refuses, before anything is written, a copy that would leave [0, x_elements) or [0, y_elements).
Status CopyStrided(const StridedCopy& copy);

/// y[b, o, i, :] = x[b, o, indices[b, i], :] with x [batch, outer, size, width], indices [batch, count].
struct GatherShape {
  int64_t batch = 0, outer = 0, size = 0, count = 0;
  int64_t width_bytes = 0;
};
/// Refuses an index outside [0, size).
Status Gather(const char* x, const int32_t* indices, const GatherShape& shape, char* y);

/// y[s, :] = sum of x[i, :] with segments[i] = s, in order of i; rows of ids outside [0, segment_count) are left out.
/// x [rows, width], y [segment_count, width].
void SegmentSum(const float* x, const int32_t* segments, int64_t rows, int64_t width, int64_t segment_count, float* y);

/// The same without a table of all segments: `rows` [count] receives the indices that occur, ascending and each once,
/// `sums` [count, columns] the sum of the values [count, columns] of each, added in their order, and `row_count` how many
/// there are; what lies behind them is undefined. The time is linear in the values. Refuses a negative index.
Status SumRowsByIndex(const int32_t* indices, const float* values, int64_t count, int64_t columns, int32_t* rows, float* sums,
                      int64_t* row_count);

/// y[i, indices[i]] = on, everything else off; an index outside [0, depth) leaves its row off. y [count, depth].
void OneHot(const int32_t* indices, int64_t count, int64_t depth, float on, float off, float* y);

void Fill(float* y, int64_t count, float value);

/// Towards zero, as JavaScript's ToInt32: modulo 2^32, and 0 for NaN and infinities.
void FloatToInt(const float* x, int32_t* y, int64_t count);
void IntToFloat(const int32_t* x, float* y, int64_t count);
void ByteToFloat(const uint8_t* x, float* y, int64_t count);
/// 1 where x is not 0; NaN counts as not 0.
void FloatToBool(const float* x, uint8_t* y, int64_t count);

}  // namespace unroll

#endif  // UNROLL_MOVEMENT_H_
