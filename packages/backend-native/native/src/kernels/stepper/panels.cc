#include "kernels/stepper/panels.h"

#include <cstring>

namespace unroll {
namespace {

/// The nearest bfloat16 in the low half, ties to even; NaN stays NaN.
uint32_t RoundToBfloat16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value) return (bits >> 16) | 0x40u;
  return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

/// Columns of vector v that exist.
int64_t ColumnsOf(const PanelColumns& columns, int v, int lanes) {
  const int64_t left = columns.adjacent ? columns.count - v * lanes : columns.count;
  return left < 0 ? 0 : left < lanes ? left : lanes;
}

}  // namespace

int64_t PanelSize(int64_t k, int vectors, int lanes, Precision precision) {
  return (precision == Precision::kBfloat16 ? (k + 1) / 2 : k) * vectors * lanes;
}

void PackPanel(const Factor& kernel, int64_t k, const PanelColumns& columns, int lanes, Precision precision, float* panel) {
  const int64_t row_step = kernel.transposed ? 1 : kernel.stride, column_step = kernel.transposed ? kernel.stride : 1;
  std::memset(panel, 0, static_cast<size_t>(PanelSize(k, columns.vectors, lanes, precision)) * sizeof(float));
  for (int64_t row = 0; row < k; ++row)
    for (int v = 0; v < columns.vectors; ++v) {
      const float* from = kernel.data + row * row_step + (columns.first + v * columns.stride) * column_step;
      const int64_t count = ColumnsOf(columns, v, lanes);
      if (precision == Precision::kFloat32) {
        float* to = panel + (row * columns.vectors + v) * lanes;
        for (int64_t i = 0; i < count; ++i) to[i] = from[i * column_step];
      } else {
        float* to = panel + (row / 2 * columns.vectors + v) * lanes;
        for (int64_t i = 0; i < count; ++i) {
          uint32_t bits;
          std::memcpy(&bits, to + i, sizeof bits);
          bits |= RoundToBfloat16(from[i * column_step]) << (row % 2 * 16);
          std::memcpy(to + i, &bits, sizeof bits);
        }
      }
    }
}

}  // namespace unroll
