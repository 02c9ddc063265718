#include "unroll/movement.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

void ReadStrides(Arguments& in, const char* name, int rank, int64_t* strides) {
  const Integers list = in.Dimensions(name);
  in.Require(list.count == rank, name, "as long as sizes");
  for (int d = 0; d < list.count; ++d) strides[d] = list[d];
}

// copyStrided(sizes, x, xOffset, xStrides, y, yOffset, yStrides), in elements of the two arrays
napi_value CopyStridedCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "copyStrided");
  const int64_t largest = int64_t{1} << 52;
  StridedCopy copy;
  const Integers sizes = in.Dimensions("sizes");
  copy.rank = sizes.count;
  for (int d = 0; d < sizes.count; ++d) copy.sizes[d] = sizes[d];
  const Bytes x = in.AnyBytes("x");
  copy.x_offset = in.Integer("xOffset", -largest, largest);
  ReadStrides(in, "xStrides", sizes.count, copy.x_strides);
  const Bytes y = in.MutableAnyBytes("y");
  copy.y_offset = in.Integer("yOffset", -largest, largest);
  ReadStrides(in, "yStrides", sizes.count, copy.y_strides);
  in.Require(x.element_size == y.element_size, "y", "of numbers as wide as x has");
  if (!in.ok()) return nullptr;
  copy.element_size = x.element_size;
  copy.x = x.data;
  copy.x_elements = x.bytes / x.element_size;
  copy.y = y.data;
  copy.y_elements = y.bytes / y.element_size;
  return in.Return(CopyStrided(copy));
}

// gather(batch, outer, size, width, x, indices, y): x [batch, outer, size, width], indices [batch, count]
napi_value GatherCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "gather");
  GatherShape shape;
  shape.batch = in.Size("batch");
  shape.outer = in.Size("outer");
  shape.size = in.Size("size");
  const int64_t width = in.Size("width");
  const Bytes x = in.AnyBytes("x");
  const Span<int32_t> indices = in.IntSpan("indices");
  const Bytes y = in.MutableAnyBytes("y");
  in.Require(x.bytes == Elements({shape.batch, shape.outer, shape.size, width, x.element_size}), "x",
             "of batch * outer * size * width numbers");
  in.Require(shape.batch > 0 ? indices.count % shape.batch == 0 : indices.count == 0, "indices",
             "as many for each batch");
  if (!in.valid()) return nullptr;
  shape.count = shape.batch > 0 ? indices.count / shape.batch : 0;
  shape.width_bytes = width * x.element_size;
  in.Require(y.element_size == x.element_size &&
                 y.bytes == Elements({shape.batch, shape.outer, shape.count, shape.width_bytes}),
             "y", "of batch * outer * count * width numbers like those of x");
  if (!in.ok()) return nullptr;
  return in.Return(Gather(x.data, indices.data, shape, y.data));
}

// segmentSum(rows, width, segmentCount, x, segments, y)
napi_value SegmentSumCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "segmentSum");
  const int64_t rows = in.Size("rows"), width = in.Size("width"), segment_count = in.Size("segmentCount");
  const float* x = in.Floats("x", {rows, width});
  const int32_t* segments = in.Ints("segments", {rows});
  float* y = in.MutableFloats("y", {segment_count, width});
  if (!in.ok()) return nullptr;
  SegmentSum(x, segments, rows, width, segment_count, y);
  return nullptr;
}

// sumRowsByIndex(count, columns, indices, values, rows, sums): how many rows there are
napi_value SumRowsByIndexCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "sumRowsByIndex");
  const int64_t count = in.Size("count"), columns = in.Size("columns");
  const int32_t* indices = in.Ints("indices", {count});
  const float* values = in.Floats("values", {count, columns});
  int32_t* rows = in.MutableInts("rows", {count});
  float* sums = in.MutableFloats("sums", {count, columns});
  if (!in.ok()) return nullptr;
  int64_t row_count = 0;
  const Status status = SumRowsByIndex(indices, values, count, columns, rows, sums, &row_count);
  return status.ok() ? in.ReturnNumber(static_cast<double>(row_count)) : in.Return(status);
}

// oneHot(depth, on, off, indices, y)
napi_value OneHotCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "oneHot");
  const int64_t depth = in.Size("depth");
  const double on = in.Number("on"), off = in.Number("off");
  const Span<int32_t> indices = in.IntSpan("indices");
  float* y = in.MutableFloats("y", {indices.count, depth});
  if (!in.ok()) return nullptr;
  OneHot(indices.data, indices.count, depth, static_cast<float>(on), static_cast<float>(off), y);
  return nullptr;
}

// fill(value, y)
napi_value FillCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "fill");
  const double value = in.Number("value");
  const Span<float> y = in.MutableFloatSpan("y");
  if (!in.ok()) return nullptr;
  Fill(y.data, y.count, static_cast<float>(value));
  return nullptr;
}

// cast(kind, x, y)
napi_value CastCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "cast");
  const int kind = in.Choice("kind", {"float32-int32", "int32-float32", "bool-float32", "float32-bool"});
  if (kind == 0) {
    const Span<float> x = in.FloatSpan("x");
    int32_t* y = in.MutableInts("y", {x.count});
    if (in.ok()) FloatToInt(x.data, y, x.count);
  } else if (kind == 1) {
    const Span<int32_t> x = in.IntSpan("x");
    float* y = in.MutableFloats("y", {x.count});
    if (in.ok()) IntToFloat(x.data, y, x.count);
  } else if (kind == 2) {
    const Span<uint8_t> x = in.ByteSpan("x");
    float* y = in.MutableFloats("y", {x.count});
    if (in.ok()) ByteToFloat(x.data, y, x.count);
  } else {
    const Span<float> x = in.FloatSpan("x");
    const Span<uint8_t> y = in.MutableByteSpan("y");
    in.Require(x.count == y.count, "y", "as long as x");
    if (in.ok()) FloatToBool(x.data, y.data, x.count);
  }
  return nullptr;
}

const Exports exports({
    {"copyStrided", Guarded<CopyStridedCall>},
    {"gather", Guarded<GatherCall>},
    {"segmentSum", Guarded<SegmentSumCall>},
    {"sumRowsByIndex", Guarded<SumRowsByIndexCall>},
    {"oneHot", Guarded<OneHotCall>},
    {"fill", Guarded<FillCall>},
    {"cast", Guarded<CastCall>},
});

}  // namespace
}  // namespace unroll
