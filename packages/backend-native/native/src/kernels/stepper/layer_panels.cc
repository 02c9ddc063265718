#include "kernels/stepper/layer_panels.h"

#include <algorithm>
#include <cstring>

#include "parallel/thread_pool.h"

namespace unroll {
namespace {

AlignedFloats Zeros(int64_t count) {
  AlignedFloats floats(count);
  std::memset(floats.data(), 0, static_cast<size_t>(count) * sizeof(float));
  return floats;
}

}  // namespace

LayerPanels CutLayer(const LayerCut& cut) {
  LayerPanels panels;
  const int64_t blocks = (cut.columns + cut.lanes - 1) / cut.lanes;
  const int64_t step = cut.gates == 1 ? kPanelVectors : 1;
  for (int thread = 0; thread < cut.threads; ++thread) {
    std::vector<PanelGroup> share;
    const int64_t end = PartBegin(blocks, thread + 1, cut.threads);
    for (int64_t block = PartBegin(blocks, thread, cut.threads); block < end; block += step) {
      PanelGroup group;
      const int64_t taken = std::min(step, end - block);
      group.first = block * cut.lanes;
      group.count = std::min(cut.columns - group.first, taken * cut.lanes);
      group.vectors = cut.gates == 1 ? static_cast<int>(taken) : cut.gates;
      group.offset = panels.width;
      panels.width += group.vectors * cut.lanes;
      share.push_back(group);
    }
    panels.shares.push_back(std::move(share));
  }
  panels.bias = Zeros(panels.width);
  panels.recurrent_bias = Zeros(panels.width);
  return panels;
}

PanelColumns ColumnsOfGroup(const LayerCut& cut, const PanelGroup& group) {
  const bool adjacent = cut.gates == 1;
  return {group.first, adjacent ? cut.lanes : cut.columns, group.vectors, group.count, adjacent};
}

void SpreadRow(const LayerCut& cut, const LayerPanels& panels, const float* row, float* sums) {
  for (const auto& share : panels.shares)
    for (const PanelGroup& group : share)
      for (int gate = 0; gate < cut.gates; ++gate) {
        // Without gates the vectors lie side by side, here as there.
        const float* from = row + gate * cut.columns + group.first;
        std::copy(from, from + group.count, sums + group.offset + gate * cut.lanes);
      }
}

}  // namespace unroll
