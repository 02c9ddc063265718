#ifndef UNROLL_KERNELS_ATTENTION_MEMORY_ROWS_H_
#define UNROLL_KERNELS_ATTENTION_MEMORY_ROWS_H_

#include "kernels/attention/row_sums.h"
#include "unroll/attention.h"

namespace unroll {

/// The keys of sequence b, up to its length.
inline SourceRows KeysOf(const AttentionMemory& memory, int64_t b) {
  return {memory.keys + b * memory.size, memory.batch_size * memory.size, memory.Length(b), memory.size};
}

/// Its values.
inline SourceRows ValuesOf(const AttentionMemory& memory, int64_t b) {
  return {memory.values + b * memory.width, memory.batch_size * memory.width, memory.Length(b), memory.width};
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_ATTENTION_MEMORY_ROWS_H_
