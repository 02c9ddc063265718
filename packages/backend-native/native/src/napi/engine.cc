// What the engine is and how it computes: configure, engineInfo, and memory for tensors.

#include <cstdlib>
#include <string>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "unroll/configuration.h"
#include "unroll/matmul.h"
#include "unroll/target.h"

namespace unroll {
namespace {

// One cache line and one vector of AVX-512: kernels never straddle two lines.
constexpr size_t kAlignment = 64;

napi_value ConfigureCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "configure");
  const int64_t threads = in.Integer("threads", 0, 1024);
  const int precision = in.Choice("precision", {"float32", "bfloat16"});
  if (!in.ok()) return nullptr;
  Configure(static_cast<int>(threads), precision == 0 ? Precision::kFloat32 : Precision::kBfloat16);
  return nullptr;
}

void SetText(napi_env env, napi_value object, const char* name, const std::string& text) {
  napi_value value;
  if (napi_create_string_utf8(env, text.c_str(), text.size(), &value) == napi_ok)
    napi_set_named_property(env, object, name, value);
}

napi_value EngineInfoCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "engineInfo");
  if (!in.ok()) return nullptr;
  napi_value object, threads;
  if (napi_create_object(env, &object) != napi_ok || napi_create_int32(env, ThreadCount(), &threads) != napi_ok)
    return nullptr;
  SetText(env, object, "matmul", MatMulName());
  SetText(env, object, "instructionSet", TargetName());
  SetText(env, object, "precision", CurrentPrecision() == Precision::kBfloat16 ? "bfloat16" : "float32");
  napi_set_named_property(env, object, "threads", threads);
  return object;
}

napi_value LimitInstructionSetCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "limitInstructionSet");
  const int target = in.Choice("instructionSet", {"baseline", "avx2", "avx512"});
  if (in.ok()) LimitTarget(static_cast<Target>(target));
  return nullptr;
}

// An ArrayBuffer with undefined contents whose first byte is aligned.
napi_value AllocateCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "allocate");
  const int64_t bytes = in.Integer("bytes", 0, int64_t{1} << 40);
  if (!in.ok()) return nullptr;
  void* memory = nullptr;
  const size_t size = bytes > 0 ? static_cast<size_t>(bytes) : 1;
  if (posix_memalign(&memory, kAlignment, size) != 0) {
    napi_throw_range_error(env, "ERR_UNROLL_MEMORY",
                           ("unroll: no memory for a tensor of " + std::to_string(bytes) + " bytes").c_str());
    return nullptr;
  }
  napi_value buffer = nullptr;
  const auto release = [](napi_env, void* data, void*) { std::free(data); };
  const napi_status status =
      napi_create_external_arraybuffer(env, memory, static_cast<size_t>(bytes), release, nullptr, &buffer);
  if (status == napi_ok) return buffer;
  // Some hosts (Electron) forbid memory of our own.
  std::free(memory);
  void* ignored = nullptr;
  if (napi_create_arraybuffer(env, static_cast<size_t>(bytes), &ignored, &buffer) != napi_ok) return nullptr;
  return buffer;
}

const Exports exports({
    {"configure", Guarded<ConfigureCall>},
    {"engineInfo", Guarded<EngineInfoCall>},
    {"limitInstructionSet", Guarded<LimitInstructionSetCall>},
    {"allocate", Guarded<AllocateCall>},
});

}  // namespace
}  // namespace unroll
