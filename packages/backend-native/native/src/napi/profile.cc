// What the stages of kernels took: profile.

#include "unroll/profile.h"

#include <string>
#include <vector>

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// name, thread, begin, end, operations, bytes, m, n, k
constexpr size_t kNumbersOfARecord = 9;
constexpr int64_t kLargestCapacity = 1 << 20;

/// The place of a name in `names`; they are few, and equal names may lie at different addresses.
double IndexOf(const char* name, std::vector<std::string>& names) {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<double>(i);
  names.emplace_back(name);
  return static_cast<double>(names.size() - 1);
}

bool SetNumber(napi_env env, napi_value object, const char* name, double number) {
  napi_value value;
  return napi_create_double(env, number, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

bool SetNames(napi_env env, napi_value object, const std::vector<std::string>& names) {
  napi_value array;
  if (napi_create_array_with_length(env, names.size(), &array) != napi_ok) return false;
  for (size_t i = 0; i < names.size(); ++i) {
    napi_value text;
    if (napi_create_string_utf8(env, names[i].c_str(), names[i].size(), &text) != napi_ok ||
        napi_set_element(env, array, static_cast<uint32_t>(i), text) != napi_ok)
      return false;
  }
  return napi_set_named_property(env, object, "names", array) == napi_ok;
}

bool SetRecords(napi_env env, napi_value object, const std::vector<profile::Record>& records, std::vector<std::string>& names) {
  const size_t count = records.size() * kNumbersOfARecord;
  void* memory = nullptr;
  napi_value buffer, array;
  if (napi_create_arraybuffer(env, count * sizeof(double), &memory, &buffer) != napi_ok ||
      napi_create_typedarray(env, napi_float64_array, count, buffer, 0, &array) != napi_ok)
    return false;
  double* out = static_cast<double*>(memory);
  for (const profile::Record& record : records) {
    const double numbers[kNumbersOfARecord] = {
        IndexOf(record.name, names), static_cast<double>(record.thread), static_cast<double>(record.begin_ns),
        static_cast<double>(record.end_ns), record.operations, record.bytes,
        static_cast<double>(record.m), static_cast<double>(record.n), static_cast<double>(record.k)};
    for (double number : numbers) *out++ = number;
  }
  return napi_set_named_property(env, object, "records", array) == napi_ok;
}

// profile(capacity): { names, records, lost, nowNs } since the last call; then up to `capacity` more a thread, 0 = none.
napi_value ProfileCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "profile");
  const int64_t capacity = in.Integer("capacity", 0, kLargestCapacity);
  if (!in.ok()) return nullptr;
  const profile::Recorded recorded = profile::Take();
  profile::Start(capacity);
  napi_value result;
  std::vector<std::string> names;
  if (napi_create_object(env, &result) == napi_ok && SetRecords(env, result, recorded.records, names) &&
      SetNames(env, result, names) && SetNumber(env, result, "lost", static_cast<double>(recorded.lost)) &&
      SetNumber(env, result, "nowNs", static_cast<double>(profile::Now())))
    return result;
  return nullptr;
}

const Exports exports({{"profile", Guarded<ProfileCall>}});

}  // namespace
}  // namespace unroll
