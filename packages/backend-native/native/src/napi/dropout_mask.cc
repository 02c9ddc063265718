#include "unroll/dropout_mask.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// dropoutMask(key0, key1, rate, offset, mask)
napi_value DropoutMaskCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "dropoutMask");
  const int64_t key0 = in.Integer("key0", 0, UINT32_MAX), key1 = in.Integer("key1", 0, UINT32_MAX);
  const double rate = in.Number("rate");
  const int64_t offset = in.Integer("offset", 0, int64_t{1} << 52);
  const Span<float> mask = in.MutableFloatSpan("mask");
  in.Require(rate >= 0 && rate < 1, "rate", "at least 0 and less than 1");
  if (!in.ok()) return nullptr;
  DropoutMask(static_cast<uint32_t>(key0), static_cast<uint32_t>(key1), rate, offset, mask.data, mask.count);
  return nullptr;
}

const Exports exports({{"dropoutMask", Guarded<DropoutMaskCall>}});

}  // namespace
}  // namespace unroll
