#include "unroll/reduce.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "unroll/top_k.h"

namespace unroll {
namespace {

ReduceShape ReadShape(Arguments& in) {
  ReduceShape shape;
  shape.outer = in.Size("outer");
  shape.size = in.Size("size");
  shape.inner = in.Size("inner");
  return shape;
}

// reduce(operation, outer, size, inner, x, y)
napi_value ReduceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "reduce");
  const int operation = in.Choice("operation", {"Sum", "Mean", "Max", "Min", "Prod"});
  const ReduceShape shape = ReadShape(in);
  const float* x = in.Floats("x", {shape.outer, shape.size, shape.inner});
  float* y = in.MutableFloats("y", {shape.outer, shape.inner});
  if (!in.ok()) return nullptr;
  Reduce(static_cast<Reduction>(operation), x, shape, y);
  return nullptr;
}

// argReduce(operation, outer, size, inner, x, y)
napi_value ArgReduceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "argReduce");
  const int operation = in.Choice("operation", {"ArgMax", "ArgMin"});
  const ReduceShape shape = ReadShape(in);
  const float* x = in.Floats("x", {shape.outer, shape.size, shape.inner});
  int32_t* y = in.MutableInts("y", {shape.outer, shape.inner});
  in.Require(shape.size > 0 || shape.outer * shape.inner == 0, "size", "1 or more");
  if (!in.ok()) return nullptr;
  if (operation == 0) {
    ArgMax(x, shape, y);
  } else {
    ArgMin(x, shape, y);
  }
  return nullptr;
}

// softmax(rows, width, logarithm, x, y)
napi_value SoftmaxCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "softmax");
  const int64_t rows = in.Size("rows"), width = in.Size("width");
  const bool logarithm = in.Flag("logarithm");
  const float* x = in.Floats("x", {rows, width});
  float* y = in.MutableFloats("y", {rows, width});
  if (!in.ok()) return nullptr;
  if (logarithm) {
    LogSoftmax(x, y, rows, width);
  } else {
    Softmax(x, y, rows, width);
  }
  return nullptr;
}

// topK(rows, width, k, x, values, indices)
napi_value TopKCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "topK");
  const int64_t rows = in.Size("rows"), width = in.Size("width");
  const int64_t k = in.Integer("k", 0, width);
  const float* x = in.Floats("x", {rows, width});
  float* values = in.MutableFloats("values", {rows, k});
  int32_t* indices = in.MutableInts("indices", {rows, k});
  if (!in.ok()) return nullptr;
  TopK(x, rows, width, k, values, indices);
  return nullptr;
}

const Exports exports({
    {"reduce", Guarded<ReduceCall>},
    {"argReduce", Guarded<ArgReduceCall>},
    {"softmax", Guarded<SoftmaxCall>},
    {"topK", Guarded<TopKCall>},
});

}  // namespace
}  // namespace unroll
