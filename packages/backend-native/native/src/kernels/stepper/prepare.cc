#include <algorithm>
#include <cstring>

#include "kernels/stepper/prepared_stepper.h"

namespace unroll {
namespace {

// A thread for every so many bytes of weights: about 2 microseconds of reading, which outweighs waking and waiting.
constexpr int64_t kBytesForAThread = 256 * 1024;
// What a core reads of weights from its outer cache: 100 GB/s on a Zen 5.
constexpr int64_t kBytesPerNs = 100;
// Products of ids are kept where all of them would fit into 256 MiB; memory is touched for ids that occur alone.
constexpr int64_t kMostKept = int64_t{1} << 26;

int GatesOf(StepCell cell) { return cell == StepCell::kLstm ? 4 : cell == StepCell::kGru ? 3 : 1; }

/// What a step reads, or as much as it could read in the time that its arithmetic takes.
int64_t BytesOfStep(const StepperWeights& w, Precision precision) {
  int64_t numbers = w.hidden_size * w.output_size;
  for (size_t l = 0; l < w.layers.size(); ++l) {
    const int64_t inputs = l > 0 ? w.hidden_size : w.input == StepInput::kVector ? w.input_size : 0;
    numbers += GatesOf(w.layers[l].cell) * w.hidden_size * (inputs + w.hidden_size);
  }
  // Four rows are multiplied while one number is read.
  return numbers * (precision == Precision::kBfloat16 ? 2 : 4) * std::max<int64_t>(1, w.batch_size / 4);
}

int ChooseThreads(const StepperWeights& w, Precision precision, int lanes) {
  const int64_t bytes = BytesOfStep(w, precision);
  const int64_t blocks = (w.hidden_size + lanes - 1) / lanes;
  return static_cast<int>(std::max<int64_t>(1, std::min<int64_t>(PartCount(bytes, kBytesForAThread), blocks)));
}

void CutLayers(const StepperWeights& w, PreparedStepper& p) {
  for (size_t l = 0; l < w.layers.size(); ++l) {
    const StepLayer& from = w.layers[l];
    PreparedLayer layer;
    layer.cell = from.cell;
    layer.cut = {p.hidden_size, GatesOf(from.cell), p.functions.lanes, p.threads};
    layer.panels = CutLayer(layer.cut);
    layer.input_size = l > 0 ? p.hidden_size : p.input_size;
    SpreadRow(layer.cut, layer.panels, from.bias, layer.panels.bias.data());
    if (from.cell == StepCell::kGru) SpreadRow(layer.cut, layer.panels, from.recurrent_bias, layer.panels.recurrent_bias.data());
    layer.state = p.state_size;
    layer.next_h = AlignedFloats(p.batch_size * p.hidden_size);
    p.state_size += p.batch_size * p.hidden_size * (from.cell == StepCell::kLstm ? 2 : 1);
    p.layers.push_back(std::move(layer));
  }
  if (!p.has_head) return;
  p.head_cut = {w.output_size, 1, p.functions.lanes, p.threads};
  p.head = CutLayer(p.head_cut);
  if (w.head_bias != nullptr) SpreadRow(p.head_cut, p.head, w.head_bias, p.head.bias.data());
}

/// The product of a one-hot vector is a row of the kernel.
void KeepRowsOfKernel(const StepperWeights& w, PreparedStepper& p) {
  const PreparedLayer& first = p.layers[0];
  const int64_t width = first.panels.width;
  p.kept = AlignedFloats(p.id_count * width);
  for (int64_t id = 0; id < p.id_count; ++id) {
    float* row = p.kept.data() + id * width;
    std::memset(row, 0, static_cast<size_t>(width) * sizeof(float));
    SpreadRow(first.cut, first.panels, w.layers[0].input_kernel + id * first.cut.gates * p.hidden_size, row);
    for (int64_t i = 0; i < width; ++i) row[i] += first.panels.bias.data()[i];
  }
}

void PrepareInput(const StepperWeights& w, PreparedStepper& p) {
  if (p.input == StepInput::kOneHot) KeepRowsOfKernel(w, p);
  if (p.input != StepInput::kEmbedded) return;
  p.embedding = AlignedFloats(p.id_count * p.input_size);
  std::memcpy(p.embedding.data(), w.embedding, static_cast<size_t>(p.embedding.size()) * sizeof(float));
  const int64_t width = p.layers[0].panels.width;
  if (p.id_count * width <= kMostKept) {
    p.kept = AlignedFloats(p.id_count * width);
  } else {
    p.embedded = AlignedFloats(p.batch_size * p.input_size);
  }
}

/// Visits the panels of a thread in the order in which a step reads them: visit(kernel, k, columns, panel, of_ids).
template <typename Visit>
void ForEachPanel(const StepperWeights& w, PreparedStepper& p, size_t thread, Visit&& visit) {
  for (size_t l = 0; l < p.layers.size(); ++l) {
    PreparedLayer& layer = p.layers[l];
    const bool of_ids = l == 0 && p.KeepsProducts();
    const int64_t stride = layer.cut.gates * p.hidden_size;
    for (PanelGroup& group : layer.panels.shares[thread]) {
      const PanelColumns columns = ColumnsOfGroup(layer.cut, group);
      if (!(of_ids && p.input == StepInput::kOneHot))
        visit(Factor{w.layers[l].input_kernel, stride, false}, layer.input_size, columns, &group.input, of_ids);
      visit(Factor{w.layers[l].recurrent_kernel, stride, false}, p.hidden_size, columns, &group.recurrent, false);
    }
  }
  if (!p.has_head) return;
  const Factor kernel{w.head_kernel, w.transpose_head ? p.hidden_size : p.output_size, w.transpose_head};
  for (PanelGroup& group : p.head.shares[thread])
    visit(kernel, p.hidden_size, ColumnsOfGroup(p.head_cut, group), &group.input, false);
}

/// By the thread that will read it, so that its memory is near.
void PrepareShare(const StepperWeights& w, PreparedStepper& p, size_t thread) {
  ThreadShare& share = p.shares[thread];
  const int lanes = p.functions.lanes;
  int64_t numbers = 0, id_numbers = 0;
  ForEachPanel(w, p, thread, [&](const Factor&, int64_t k, const PanelColumns& columns, float**, bool of_ids) {
    (of_ids ? id_numbers : numbers) += PanelSize(k, columns.vectors, lanes, p.precision);
  });
  share.weights = AlignedFloats(numbers);
  share.id_weights = AlignedFloats(id_numbers);
  float* next = share.weights.data();
  float* next_of_ids = share.id_weights.data();
  ForEachPanel(w, p, thread, [&](const Factor& kernel, int64_t k, const PanelColumns& columns, float** panel, bool of_ids) {
    float*& place = of_ids ? next_of_ids : next;
    *panel = place;
    PackPanel(kernel, k, columns, lanes, p.precision, place);
    place += PanelSize(k, columns.vectors, lanes, p.precision);
  });
  if (p.KeepsProducts()) share.is_kept.assign(static_cast<size_t>(p.id_count), p.input == StepInput::kOneHot ? 1 : 0);
  share.sums = AlignedFloats(p.batch_size * kPanelVectors * lanes);
  share.recurrent_sums = AlignedFloats(p.batch_size * kPanelVectors * lanes);
}

}  // namespace

PreparedStepper::PreparedStepper(const StepperWeights& w)
    : input(w.input),
      batch_size(w.batch_size),
      input_size(w.input_size),
      hidden_size(w.hidden_size),
      output_size(w.output_size > 0 ? w.output_size : w.hidden_size),
      id_count(w.input == StepInput::kVector ? 0 : w.input == StepInput::kOneHot ? w.input_size : w.id_count),
      precision(CurrentPrecision()),
      functions(ChooseStepFunctions(precision)),
      threads(ChooseThreads(w, precision, functions.lanes)),
      has_head(w.output_size > 0),
      shares(static_cast<size_t>(threads)),
      barrier(threads),
      pace(BytesOfStep(w, precision) / kBytesPerNs) {
  CutLayers(w, *this);
  PrepareInput(w, *this);
  ParallelRun(threads, [&](int thread) { PrepareShare(w, *this, static_cast<size_t>(thread)); });
  for (const ThreadShare& share : shares) bytes += (share.weights.size() + share.id_weights.size()) * int64_t{sizeof(float)};
  bytes += (embedding.size() + kept.size()) * int64_t{sizeof(float)};
}

}  // namespace unroll
