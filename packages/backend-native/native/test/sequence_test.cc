#include <algorithm>
#include <memory>
#include <string>

#include "check.h"
#include "sequence_reference.h"
#include "unroll/configuration.h"
#include "unroll/gru_sequence.h"
#include "unroll/lstm_sequence.h"
#include "unroll/rnn_sequence.h"

using namespace unroll;
using namespace unroll_test;

namespace {

Doubles Widen(const std::vector<float>& v) { return Doubles(v.begin(), v.end()); }

/// One layer with random numbers: float32 for the kernels, the same numbers in float64 for the reference.
struct Layer {
  ReferenceShape shape;
  std::vector<float> input, input_kernel, recurrent_kernel, bias, recurrent_bias, initial_h, initial_c, mask;
  std::vector<float> d_output, d_final_h, d_final_c;  // the weights of the loss: sum of outputs times these

  Layer(ReferenceShape s, Random& random) : shape(std::move(s)) {
    const int64_t width = GatesOf(shape.kind) * shape.h, state = shape.b * shape.h;
    input = random.Floats(shape.t * shape.b * shape.i);
    input_kernel = random.Floats(shape.i * width, 1.5f / std::sqrt(static_cast<float>(shape.i)));
    recurrent_kernel = random.Floats(shape.h * width, 1.5f / std::sqrt(static_cast<float>(shape.h)));
    bias = random.Floats(width), recurrent_bias = random.Floats(width);
    initial_h = random.Floats(state), initial_c = random.Floats(state);
    d_output = random.Floats(shape.t * state), d_final_h = random.Floats(state), d_final_c = random.Floats(state);
    if (shape.kind != CellKind::kLstm) initial_c.clear(), d_final_c.clear();
    for (double m : shape.mask) mask.push_back(static_cast<float>(m));
  }

  ReferenceInputs Reference() const {
    return {Widen(input), Widen(input_kernel), Widen(recurrent_kernel), Widen(bias), Widen(recurrent_bias), Widen(initial_h), Widen(initial_c)};
  }

  double Loss(const ReferenceInputs& in) const {
    const ReferenceOutputs out = ReferenceSequence(shape, in);
    double loss = 0;
    for (size_t i = 0; i < out.output.size(); ++i) loss += out.output[i] * d_output[i];
    for (size_t i = 0; i < out.final_h.size(); ++i) loss += out.final_h[i] * d_final_h[i];
    for (size_t i = 0; i < out.final_c.size(); ++i) loss += out.final_c[i] * d_final_c[i];
    return loss;
  }

  SequenceInputs Inputs() const {
    SequenceInputs in;
    in.time_steps = shape.t, in.batch_size = shape.b, in.input_size = shape.i, in.hidden_size = shape.h;
    in.reverse = shape.reverse;
    in.input = input.data(), in.input_kernel = input_kernel.data(), in.recurrent_kernel = recurrent_kernel.data();
    in.bias = bias.data(), in.initial_h = initial_h.data();
    in.lengths = shape.lengths.empty() ? nullptr : shape.lengths.data();
    in.recurrent_dropout_mask = mask.empty() ? nullptr : mask.data();
    return in;
  }

  std::string Name() const {
    static const char* const kinds[] = {"rnn tanh", "rnn relu", "lstm", "gru"};
    char text[200];
    std::snprintf(text, sizeof text, "%s T %d B %d I %d H %d%s%s%s on %s, %d threads", kinds[static_cast<int>(shape.kind)], (int)shape.t,
                  (int)shape.b, (int)shape.i, (int)shape.h, shape.reverse ? " reverse" : "", shape.lengths.empty() ? "" : " lengths",
                  mask.empty() ? "" : " mask", TargetName(), ThreadCount());
    return text;
  }
};

/// The calls of both kernels of a layer, into guarded buffers.
struct Run {
  const Layer& layer;
  Guarded output, final_h, final_c, gates, cells;
  Guarded d_input, d_input_kernel, d_recurrent_kernel, d_bias, d_recurrent_bias, d_initial_h, d_initial_c;
  // Where output, its gradient and the gradient of the input lie: in this run's own arrays unless told otherwise.
  float* output_at = output.data();
  const float* d_output_at = layer.d_output.data();
  float* d_input_at = d_input.data();
  int64_t output_stride = 0;

  explicit Run(const Layer& l)
      : layer(l), output(l.d_output.size()), final_h(l.initial_h.size()), final_c(l.initial_c.size()),
        gates(l.d_output.size() * 4), cells(l.d_output.size()), d_input(l.input.size()), d_input_kernel(l.input_kernel.size()),
        d_recurrent_kernel(l.recurrent_kernel.size()), d_bias(l.bias.size()), d_recurrent_bias(l.bias.size()),
        d_initial_h(l.initial_h.size()), d_initial_c(l.initial_c.size()) {}

  SequenceInputs Inputs() const {
    SequenceInputs in = layer.Inputs();
    in.output_stride = output_stride;
    return in;
  }
  SequenceGradients Gradients() {
    return {d_input_at, d_input_kernel.data(), d_recurrent_kernel.data(), d_bias.data(), d_initial_h.data()};
  }
  RnnActivation Activation() const { return layer.shape.kind == CellKind::kRnnRelu ? RnnActivation::kRelu : RnnActivation::kTanh; }

  void Call(LstmSequenceForward& call) {
    call = {Inputs(), layer.initial_c.data(), output_at, final_h.data(), final_c.data(), gates.data(), cells.data()};
  }
  void Call(LstmSequenceBackward& call) {
    call = {Inputs(), layer.initial_c.data(), output_at, gates.data(), cells.data(), d_output_at, layer.d_final_h.data(), layer.d_final_c.data(),
            Gradients(), d_initial_c.data()};
  }
  void Call(GruSequenceForward& call) { call = {Inputs(), layer.recurrent_bias.data(), output_at, final_h.data(), gates.data()}; }
  void Call(GruSequenceBackward& call) {
    call = {Inputs(), layer.recurrent_bias.data(), output_at, gates.data(), d_output_at, layer.d_final_h.data(), Gradients(), d_recurrent_bias.data()};
  }
  void Call(RnnSequenceForward& call) { call = {Inputs(), Activation(), output_at, final_h.data()}; }
  void Call(RnnSequenceBackward& call) { call = {Inputs(), Activation(), output_at, d_output_at, layer.d_final_h.data(), Gradients()}; }
};

/// Gives the calls of all runs to one kernel.
template <typename Call>
Status Together(std::vector<Run*> runs, Status (*kernel)(const Call*, int)) {
  std::vector<Call> calls(runs.size());
  for (size_t i = 0; i < runs.size(); ++i) runs[i]->Call(calls[i]);
  return kernel(calls.data(), static_cast<int>(calls.size()));
}
Status Forward(const std::vector<Run*>& runs) {
  switch (runs[0]->layer.shape.kind) {
    case CellKind::kLstm: return Together<LstmSequenceForward>(runs, LstmSequence);
    case CellKind::kGru: return Together<GruSequenceForward>(runs, GruSequence);
    default: return Together<RnnSequenceForward>(runs, RnnSequence);
  }
}
Status Backward(const std::vector<Run*>& runs) {
  switch (runs[0]->layer.shape.kind) {
    case CellKind::kLstm: return Together<LstmSequenceBackward>(runs, LstmSequenceGradient);
    case CellKind::kGru: return Together<GruSequenceBackward>(runs, GruSequenceGradient);
    default: return Together<RnnSequenceBackward>(runs, RnnSequenceGradient);
  }
}

/// Compares a gradient with central differences of the float64 reference: every number of a small tensor, else a
/// random direction.
void CheckGradient(const Layer& layer, Doubles ReferenceInputs::*field, const Guarded& gradient, const char* what, Random& random) {
  CHECK(gradient.GuardsIntact(), "%s: d %s wrote outside its buffer", layer.Name().c_str(), what);
  ReferenceInputs in = layer.Reference();
  const Doubles start = in.*field;
  const int64_t n = static_cast<int64_t>(start.size()), checks = n <= 40 ? n : 2;
  for (int64_t check = 0; check < checks; ++check) {
    Doubles direction(n, 0.0);
    if (n <= 40) direction[check] = 1;
    else for (double& d : direction) d = random.Uniform(-1, 1);
    const double epsilon = 1e-5;
    const auto loss_at = [&](double e) {
      for (int64_t i = 0; i < n; ++i) (in.*field)[i] = start[i] + e * direction[i];
      return layer.Loss(in);
    };
    const double want = (loss_at(epsilon) - loss_at(-epsilon)) / (2 * epsilon);
    double got = 0, size = 0;
    for (int64_t i = 0; i < n; ++i) got += gradient[i] * direction[i], size += std::fabs(gradient[i] * direction[i]);
    CHECK(std::fabs(got - want) <= 2e-5 * (1 + std::sqrt(size)) + 1e-5 * std::fabs(want), "%s: d %s %lld is %.9g, expected %.9g",
          layer.Name().c_str(), what, static_cast<long long>(check), got, want);
  }
}

void TestLayer(const Layer& layer, Random& random) {
  Run run(layer);
  Status status = Forward({&run});
  CHECK(status.ok(), "%s", status.message().c_str());
  const ReferenceOutputs expected = ReferenceSequence(layer.shape, layer.Reference());
  CheckClose(run.output, expected.output, 1e-5, 3e-6, layer.Name() + " output");
  CheckClose(run.final_h, expected.final_h, 1e-5, 3e-6, layer.Name() + " final h");
  CheckClose(run.final_c, expected.final_c, 1e-5, 3e-6, layer.Name() + " final c");
  CHECK(run.gates.GuardsIntact() && run.cells.GuardsIntact(), "%s: gates or cells wrote outside", layer.Name().c_str());
  status = Backward({&run});
  CHECK(status.ok(), "%s", status.message().c_str());
  CheckGradient(layer, &ReferenceInputs::input, run.d_input, "input", random);
  CheckGradient(layer, &ReferenceInputs::input_kernel, run.d_input_kernel, "input kernel", random);
  CheckGradient(layer, &ReferenceInputs::recurrent_kernel, run.d_recurrent_kernel, "recurrent kernel", random);
  CheckGradient(layer, &ReferenceInputs::bias, run.d_bias, "bias", random);
  CheckGradient(layer, &ReferenceInputs::initial_h, run.d_initial_h, "initial h", random);
  if (layer.shape.kind == CellKind::kLstm) CheckGradient(layer, &ReferenceInputs::initial_c, run.d_initial_c, "initial c", random);
  if (layer.shape.kind == CellKind::kGru) CheckGradient(layer, &ReferenceInputs::recurrent_bias, run.d_recurrent_bias, "recurrent bias", random);
}

ReferenceShape Shape(CellKind kind, int64_t t, int64_t b, int64_t i, int64_t h, int variant, Random& random) {
  ReferenceShape s{kind, t, b, i, h, (variant & 1) != 0, {}, {}};
  if (variant & 2)
    for (int64_t j = 0; j < b; ++j) s.lengths.push_back(static_cast<int32_t>(random.Between(0, t)));
  if (variant & 4)
    for (int64_t j = 0; j < b * h; ++j) s.mask.push_back(random.Bits() & 1 ? 1.25 : 0.0);
  return s;
}

void TestShapes() {
  Random random(3);
  struct Size {
    int64_t t, b, i, h;
  };
  for (const Size size : {Size{5, 2, 3, 3}, Size{1, 1, 4, 5}, Size{4, 1, 2, 17}, Size{3, 5, 7, 33}, Size{1, 6, 5, 20}, Size{3, 3, 2, 1}})
    for (CellKind kind : {CellKind::kRnnTanh, CellKind::kRnnRelu, CellKind::kLstm, CellKind::kGru})
      for (int variant = 0; variant < 8; ++variant)
        TestLayer(Layer(Shape(kind, size.t, size.b, size.i, size.h, variant, random), random), random);
}

/// Large enough that threads share the units.
void TestShared() {
  Random random(4);
  for (CellKind kind : {CellKind::kRnnTanh, CellKind::kLstm, CellKind::kGru})
    for (int variant : {0, 7}) {
      const int64_t h = kind == CellKind::kRnnTanh ? 166 : 101, b = kind == CellKind::kRnnTanh ? 31 : 27;
      TestLayer(Layer(Shape(kind, 3, b, 6, h, variant, random), random), random);
    }
}

/// `part` [n, count] beside another in rows of 2 * count.
void PutBeside(const float* part, int64_t count, int64_t n, float* whole) {
  for (int64_t row = 0; row < n; ++row) std::copy(part + row * count, part + (row + 1) * count, whole + row * 2 * count);
}

/// Two directions in one call, outputs side by side and one gradient of the input, are two calls.
void TestPair(ReferenceShape shape, Random& random) {
  const Layer forward(shape, random);
  shape.reverse = !shape.reverse;
  Layer backward(shape, random);
  backward.input = forward.input;
  const int64_t rows = shape.t * shape.b, h = shape.h;
  Guarded output(2 * rows * h), d_input(forward.input.size());
  std::vector<float> expected_output(2 * rows * h), d_output(2 * rows * h);
  std::vector<double> expected_d_input(forward.input.size());
  std::vector<std::unique_ptr<Run>> alone, together;
  for (const Layer* layer : std::initializer_list<const Layer*>{&forward, &backward}) {
    const int64_t column = alone.empty() ? 0 : h;
    alone.push_back(std::make_unique<Run>(*layer));
    CHECK(Forward({alone.back().get()}).ok() && Backward({alone.back().get()}).ok(), "%s", layer->Name().c_str());
    PutBeside(alone.back()->output.data(), h, rows, expected_output.data() + column);
    PutBeside(layer->d_output.data(), h, rows, d_output.data() + column);
    for (size_t i = 0; i < expected_d_input.size(); ++i) expected_d_input[i] += alone.back()->d_input[i];
    together.push_back(std::make_unique<Run>(*layer));
    together.back()->output_at = output.data() + column, together.back()->d_output_at = d_output.data() + column;
    together.back()->output_stride = 2 * h, together.back()->d_input_at = d_input.data();
  }
  const std::vector<Run*> pair{together[0].get(), together[1].get()};
  CHECK(Forward(pair).ok() && Backward(pair).ok(), "pair %s", forward.Name().c_str());
  CheckClose(output, Widen(expected_output), 1e-6, 1e-6, "pair output " + forward.Name());
  CheckClose(d_input, expected_d_input, 1e-5, 1e-5, "pair d input " + forward.Name());
  for (int i = 0; i < 2; ++i)
    for (auto [field, name] : std::initializer_list<std::pair<Guarded Run::*, const char*>>{
             {&Run::final_h, "final h"}, {&Run::final_c, "final c"}, {&Run::d_input_kernel, "d input kernel"},
             {&Run::d_recurrent_kernel, "d recurrent kernel"}, {&Run::d_bias, "d bias"}, {&Run::d_recurrent_bias, "d recurrent bias"},
             {&Run::d_initial_h, "d initial h"}, {&Run::d_initial_c, "d initial c"}}) {
      CheckClose((*together[i]).*field, (*alone[i]).*field, 1e-5, 1e-5, std::string("pair ") + name + " " + forward.Name());
    }
}

void TestPairs() {
  Random random(6);
  for (CellKind kind : {CellKind::kRnnTanh, CellKind::kLstm, CellKind::kGru})
    for (int variant : {0, 2, 4, 7}) {
      TestPair(Shape(kind, 5, 3, 4, 5, variant, random), random);
      TestPair(Shape(kind, 4, 26, 7, 101, variant, random), random);
    }
}

/// bfloat16 concerns the factors of products alone, so results stay within its rounding of those in float32.
void TestBfloat16() {
  Random random(7);
  for (CellKind kind : {CellKind::kRnnTanh, CellKind::kLstm, CellKind::kGru})
    for (int variant : {0, 3, 6}) {
      const Layer layer(Shape(kind, 4, 26, 40, 101, variant, random), random);
      Run exact(layer), rounded(layer);
      CHECK(Forward({&exact}).ok() && Backward({&exact}).ok(), "%s", layer.Name().c_str());
      Configure(ThreadCount(), Precision::kBfloat16);
      CHECK(Forward({&rounded}).ok() && Backward({&rounded}).ok(), "%s", layer.Name().c_str());
      Configure(ThreadCount(), Precision::kFloat32);
      for (auto [field, name] : std::initializer_list<std::pair<Guarded Run::*, const char*>>{
               {&Run::output, "output"}, {&Run::final_h, "final h"}, {&Run::d_input, "d input"}, {&Run::d_input_kernel, "d input kernel"},
               {&Run::d_recurrent_kernel, "d recurrent kernel"}, {&Run::d_bias, "d bias"}, {&Run::d_initial_h, "d initial h"}}) {
        double size = 0, difference = 0;
        for (int64_t i = 0; i < (exact.*field).size(); ++i) {
          size += std::pow((exact.*field)[i], 2), difference += std::pow((exact.*field)[i] - (rounded.*field)[i], 2);
        }
        CHECK(difference > 0 && difference < 4e-4 * size, "bfloat16 %s of %s differs by %.3g of its norm", name, layer.Name().c_str(), std::sqrt(difference / size));
      }
    }
}

void TestErrors() {
  Random random(5);
  Layer layer(Shape(CellKind::kLstm, 3, 2, 2, 4, 0, random), random);
  layer.shape.lengths = {3, 4};
  Run run(layer);
  const Status status = Forward({&run});
  CHECK(status.message() == "unroll: LstmSequence: lengths[1] must be in [0, 3] (the time steps of input), got 4", "%s", status.message().c_str());
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([&] {
      if (threads < 3) TestShapes();
      TestShared();
      TestPairs();
      TestBfloat16();
      TestErrors();
    });
  }
  return Report("sequence_test");
}
