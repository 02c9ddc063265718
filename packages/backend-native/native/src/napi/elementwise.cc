#include "unroll/elementwise.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// unary(operation, x, y, alpha, beta)
napi_value UnaryCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "unary");
  // The order of UnaryOperation.
  const int operation = in.Choice("operation", {"Abs", "Neg", "Square", "Sqrt", "Rsqrt", "Reciprocal", "Exp", "Log",
                                                "Tanh", "Sigmoid", "Relu", "Relu6", "LeakyRelu", "Step", "Sign",
                                                "Floor", "Ceil", "ClipByValue", "Softplus", "Elu"});
  const Span<float> x = in.FloatSpan("x");
  float* y = in.MutableFloats("y", {x.count});
  in.AllowInPlace();
  const float alpha = static_cast<float>(in.Number("alpha")), beta = static_cast<float>(in.Number("beta"));
  if (!in.ok()) return nullptr;
  Unary(static_cast<UnaryOperation>(operation), x.data, y, x.count, alpha, beta);
  return nullptr;
}

Sizes ReadSizes(Arguments& in, const char* name) {
  const Integers integers = in.Dimensions(name);
  Sizes sizes;
  in.Require(integers.count <= kMaxBroadcastRank, name, "of rank 8 or less");
  for (int i = 0; i < integers.count && i < kMaxBroadcastRank; ++i) {
    in.Require(integers[i] >= 0 && integers[i] <= INT32_MAX, name, "sizes from 0 to 2147483647");
    sizes.values[sizes.rank++] = integers[i];
  }
  return sizes;
}

struct Operands {
  const float* a;
  const float* b;
  Sizes a_sizes, b_sizes, y_sizes;
};

// a, aShape, b, bShape; false when an exception is pending.
bool ReadOperands(Arguments& in, Operands* operands) {
  const Span<float> a = in.FloatSpan("a");
  operands->a_sizes = ReadSizes(in, "aShape");
  const Span<float> b = in.FloatSpan("b");
  operands->b_sizes = ReadSizes(in, "bShape");
  in.Require(a.count == operands->a_sizes.Count(), "a", "as long as aShape says");
  in.Require(b.count == operands->b_sizes.Count(), "b", "as long as bShape says");
  operands->a = a.data;
  operands->b = b.data;
  const Status status = BroadcastShape(operands->a_sizes, operands->b_sizes, &operands->y_sizes);
  in.Require(status.ok(), "bShape", "such that both shapes can be broadcast together");
  return in.valid();
}

// binary(operation, a, aShape, b, bShape, y)
napi_value BinaryCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "binary");
  const int operation = in.Choice("operation", {"Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum",
                                                "SquaredDifference", "Pow", "Prelu"});
  Operands operands;
  if (!ReadOperands(in, &operands)) return nullptr;
  float* y = in.MutableFloats("y", {operands.y_sizes.Count()});
  in.AllowInPlace();
  if (!in.ok()) return nullptr;
  return in.Return(Binary(static_cast<BinaryOperation>(operation), operands.a, operands.a_sizes, operands.b,
                          operands.b_sizes, y));
}

// compare(operation, a, aShape, b, bShape, y)
napi_value CompareCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "compare");
  const int operation =
      in.Choice("operation", {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"});
  Operands operands;
  if (!ReadOperands(in, &operands)) return nullptr;
  const Span<uint8_t> y = in.MutableByteSpan("y");
  in.Require(y.count == operands.y_sizes.Count(), "y", "as long as the broadcast shape");
  if (!in.ok()) return nullptr;
  return in.Return(Compare(static_cast<CompareOperation>(operation), operands.a, operands.a_sizes, operands.b,
                           operands.b_sizes, y.data));
}

// addN(inputs, y)
napi_value AddNCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "addN");
  const std::vector<Span<float>> inputs = in.FloatList("inputs");
  const Span<float> y = in.MutableFloatSpan("y");
  in.AllowInPlace();
  in.Require(!inputs.empty(), "inputs", "one array or more");
  std::vector<const float*> pointers;
  for (const Span<float>& input : inputs) {
    in.Require(input.count == y.count, "inputs", "all as long as y");
    pointers.push_back(input.data);
  }
  if (!in.ok()) return nullptr;
  AddN(pointers.data(), static_cast<int>(pointers.size()), y.data, y.count);
  return nullptr;
}

// select(condition, yes, no, y): one condition for each run of y.length / condition.length numbers
napi_value SelectCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "select");
  const Span<uint8_t> condition = in.ByteSpan("condition");
  const Span<float> yes = in.FloatSpan("yes");
  const float* no = in.Floats("no", {yes.count});
  float* y = in.MutableFloats("y", {yes.count});
  in.Require(condition.count > 0 ? yes.count % condition.count == 0 : yes.count == 0, "yes",
             "a multiple of condition in length");
  if (!in.ok() || condition.count == 0) return nullptr;
  SelectRows(condition.data, yes.data, no, y, condition.count, yes.count / condition.count);
  return nullptr;
}

const Exports exports({
    {"unary", Guarded<UnaryCall>},
    {"binary", Guarded<BinaryCall>},
    {"compare", Guarded<CompareCall>},
    {"addN", Guarded<AddNCall>},
    {"select", Guarded<SelectCall>},
});

}  // namespace
}  // namespace unroll
