#ifndef UNROLL_KERNELS_STEPPER_LAYER_PANELS_H_
#define UNROLL_KERNELS_STEPPER_LAYER_PANELS_H_

#include <cstdint>
#include <vector>

#include "kernels/stepper/panels.h"
#include "matmul/scratch.h"

namespace unroll {

/// Some units of a layer, or some columns of the head: a panel of its input kernel and one of its recurrent kernel.
struct PanelGroup {
  int64_t first, count;  // units or columns
  int vectors;
  int64_t offset;              // of its sums among those of the whole layer
  float* input = nullptr;      // null: the input product is kept by id, or there is none
  float* recurrent = nullptr;  // null in the head
};

/// A layer divided among threads. What a thread reads in a step lies in one piece of memory, in the order of reading.
struct LayerPanels {
  std::vector<std::vector<PanelGroup>> shares;  // by thread
  int64_t width = 0;                            // sums of one row: vectors of all groups times lanes
  AlignedFloats bias, recurrent_bias;           // [width], zeros where there is none
};

/// How the columns of a layer are cut: a gate of an LSTM or GRU is a vector of the same units, otherwise vectors lie side by side.
struct LayerCut {
  int64_t columns;  // of one gate, or of the head
  int gates;        // 1: none
  int lanes;
  int threads;
};
LayerPanels CutLayer(const LayerCut& cut);

PanelColumns ColumnsOfGroup(const LayerCut& cut, const PanelGroup& group);

/// Spreads numbers of all columns [gates * columns] over the sums of the groups; lanes beyond a column are left alone.
void SpreadRow(const LayerCut& cut, const LayerPanels& panels, const float* row, float* sums);

}  // namespace unroll

#endif  // UNROLL_KERNELS_STEPPER_LAYER_PANELS_H_
