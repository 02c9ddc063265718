#include "unroll/linear_cross_entropy.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// linearCrossEntropy(rows, hiddenSize, vocabularySize, hidden, kernel, transposeKernel, bias | null, targets,
//                    mask | null, labelSmoothing, losses, sum, count, dHidden | null, dKernel | null, dBias | null)
napi_value LinearCrossEntropyCallback(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "linearCrossEntropy");
  LinearCrossEntropyCall call;
  call.rows = in.Size("rows");
  call.hidden_size = in.Integer("hiddenSize", 1, INT32_MAX);
  call.vocabulary_size = in.Size("vocabularySize");
  call.hidden = in.Floats("hidden", {call.rows, call.hidden_size});
  call.kernel = in.Floats("kernel", {call.hidden_size, call.vocabulary_size});
  call.transpose_kernel = in.Flag("transposeKernel");
  call.bias = in.OptionalFloats("bias", {call.vocabulary_size});
  call.targets = in.Ints("targets", {call.rows});
  call.mask = in.OptionalFloats("mask", {call.rows});
  const double smoothing = in.Number("labelSmoothing");
  call.label_smoothing = static_cast<float>(smoothing);
  call.losses = in.MutableFloats("losses", {call.rows});
  float* sum = in.MutableFloats("sum", {1});
  float* count = in.MutableFloats("count", {1});
  call.d_hidden = in.OptionalMutableFloats("dHidden", {call.rows, call.hidden_size});
  call.d_kernel = in.OptionalMutableFloats("dKernel", {call.hidden_size, call.vocabulary_size});
  call.d_bias = in.OptionalMutableFloats("dBias", {call.vocabulary_size});
  in.Require(smoothing >= 0 && smoothing <= 1, "labelSmoothing", "from 0 to 1");
  if (!in.ok()) return nullptr;
  double total = 0, weight = 0;
  call.sum = &total;
  call.count = &weight;
  const Status status = LinearCrossEntropy(call);
  *sum = static_cast<float>(total);
  *count = static_cast<float>(weight);
  return in.Return(status);
}

const Exports exports({{"linearCrossEntropy", Guarded<LinearCrossEntropyCallback>}});

}  // namespace
}  // namespace unroll
