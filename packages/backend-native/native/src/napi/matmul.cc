#include "unroll/matmul.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// matmul(m, n, k, a, transposeA, b, transposeB, bias | null, c)
napi_value MatMulCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "matmul");
  MatMul product;
  product.m = in.Size("m");
  product.n = in.Size("n");
  product.k = in.Size("k");
  const float* a = in.Floats("a", {product.m, product.k});
  const bool transpose_a = in.Flag("transposeA");
  const float* b = in.Floats("b", {product.k, product.n});
  const bool transpose_b = in.Flag("transposeB");
  product.bias = in.OptionalFloats("bias", {product.n});
  product.c = in.MutableFloats("c", {product.m, product.n});
  if (!in.ok()) return nullptr;
  product.a = {a, transpose_a ? product.m : product.k, transpose_a};
  product.b = {b, transpose_b ? product.k : product.n, transpose_b};
  product.c_stride = product.n;
  Multiply(product);
  return nullptr;
}

// matmulBatch(batch, repeatA, repeatB, m, n, k, a, transposeA, b, transposeB, c): a repeated factor is one matrix.
napi_value MatMulBatchCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "matmulBatch");
  MatMulBatch batch;
  batch.batch = in.Size("batch");
  const bool repeat_a = in.Flag("repeatA"), repeat_b = in.Flag("repeatB");
  MatMul& product = batch.product;
  product.m = in.Size("m");
  product.n = in.Size("n");
  product.k = in.Size("k");
  const float* a = in.Floats("a", {repeat_a ? 1 : batch.batch, product.m, product.k});
  const bool transpose_a = in.Flag("transposeA");
  const float* b = in.Floats("b", {repeat_b ? 1 : batch.batch, product.k, product.n});
  const bool transpose_b = in.Flag("transposeB");
  product.c = in.MutableFloats("c", {batch.batch, product.m, product.n});
  if (!in.ok()) return nullptr;
  product.a = {a, transpose_a ? product.m : product.k, transpose_a};
  product.b = {b, transpose_b ? product.k : product.n, transpose_b};
  product.c_stride = product.n;
  batch.a_batch_stride = repeat_a ? 0 : product.m * product.k;
  batch.b_batch_stride = repeat_b ? 0 : product.k * product.n;
  batch.c_batch_stride = product.m * product.n;
  MultiplyBatch(batch);
  return nullptr;
}

const Exports exports({
    {"matmul", Guarded<MatMulCall>},
    {"matmulBatch", Guarded<MatMulBatchCall>},
});

}  // namespace
}  // namespace unroll
