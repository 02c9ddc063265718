#include "napi/arguments.h"

#include <cmath>
#include <cstdio>
#include <cstring>

namespace unroll {
namespace {

std::string NumberText(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", number);
  return text;
}

// Products stop at 2^52, far above any buffer, so that they cannot overflow.
constexpr int64_t kLargest = int64_t{1} << 52;

int64_t Multiply(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) || product > kLargest ? kLargest : product;
}

}  // namespace

const char* Arguments::TypeName(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array: return "Int8Array";
    case napi_uint8_array: return "Uint8Array";
    case napi_uint8_clamped_array: return "Uint8ClampedArray";
    case napi_int16_array: return "Int16Array";
    case napi_uint16_array: return "Uint16Array";
    case napi_int32_array: return "Int32Array";
    case napi_uint32_array: return "Uint32Array";
    case napi_float32_array: return "Float32Array";
    case napi_float64_array: return "Float64Array";
    case napi_bigint64_array: return "BigInt64Array";
    case napi_biguint64_array: return "BigUint64Array";
    default: return "a typed array";
  }
}

int64_t Elements(Shape shape) {
  int64_t product = 1;
  for (int64_t size : shape) product = Multiply(product, size);
  return product;
}

int64_t Integers::Product() const {
  int64_t product = 1;
  for (int i = 0; i < count; ++i) product = Multiply(product, values[i]);
  return product;
}

Arguments::Arguments(napi_env env, napi_callback_info info, const char* operation) : env_(env), operation_(operation) {
  if (napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr) != napi_ok) {
    count_ = 0;
    Throw("its arguments could not be read");
  }
}

void Arguments::Throw(const std::string& message) {
  if (!ok_) return;
  ok_ = false;
  const std::string text = std::string("unroll: ") + operation_ + ": " + message;
  napi_throw_type_error(env_, "ERR_UNROLL_ARGUMENT", text.c_str());
}

std::string Arguments::Describe(napi_value value) {
  bool is_typed_array = false;
  if (napi_is_typedarray(env_, value, &is_typed_array) == napi_ok && is_typed_array) {
    napi_typedarray_type type;
    size_t length = 0;
    if (napi_get_typedarray_info(env_, value, &type, &length, nullptr, nullptr, nullptr) == napi_ok)
      return std::string(TypeName(type)) + " of " + std::to_string(length);
  }
  napi_valuetype type;
  if (napi_typeof(env_, value, &type) != napi_ok) return "something unreadable";
  switch (type) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return "a boolean";
    case napi_string: return "a string";
    case napi_symbol: return "a symbol";
    case napi_function: return "a function";
    case napi_bigint: return "a bigint";
    case napi_number: {
      double number = 0;
      napi_get_value_double(env_, value, &number);
      return NumberText(number);
    }
    default: break;
  }
  bool is_array = false;
  napi_is_array(env_, value, &is_array);
  return is_array ? "an array" : "an object";
}

void Arguments::Fail(const char* name, const std::string& expected, napi_value value) {
  if (ok_) Throw(std::string(name) + " must be " + expected + ", got " + Describe(value));
}

void Arguments::Require(bool condition, const char* name, const char* expectation) {
  if (!condition) Throw(std::string(name) + " must be " + expectation);
}

napi_value Arguments::Next(const char* name) {
  if (!ok_) return nullptr;
  if (next_ >= count_) {
    Throw(std::string("argument ") + std::to_string(next_ + 1) + " (" + name + ") is missing");
    return nullptr;
  }
  return values_[next_++];
}

bool Arguments::IsAbsent(napi_value value) {
  napi_valuetype type;
  return napi_typeof(env_, value, &type) == napi_ok && (type == napi_undefined || type == napi_null);
}

bool Arguments::ReadNumber(napi_value value, const char* name, double* number) {
  if (value == nullptr) return false;
  if (napi_get_value_double(env_, value, number) == napi_ok) return true;
  Fail(name, "a number", value);
  return false;
}

int64_t Arguments::Integer(const char* name, int64_t lowest, int64_t highest) {
  napi_value value = Next(name);
  double number = 0;
  if (!ReadNumber(value, name, &number)) return lowest;
  if (number >= static_cast<double>(lowest) && number <= static_cast<double>(highest) && number == std::floor(number))
    return static_cast<int64_t>(number);
  Fail(name, "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest), value);
  return lowest;
}

int64_t Arguments::Size(const char* name) { return Integer(name, 0, INT32_MAX); }

double Arguments::Number(const char* name) {
  double number = 0;
  ReadNumber(Next(name), name, &number);
  return number;
}

bool Arguments::Flag(const char* name) {
  napi_value value = Next(name);
  bool flag = false;
  if (value != nullptr && napi_get_value_bool(env_, value, &flag) != napi_ok) Fail(name, "true or false", value);
  return flag;
}

int Arguments::Choice(const char* name, std::initializer_list<const char*> words) {
  napi_value value = Next(name);
  if (value == nullptr) return 0;
  char text[32] = {};
  size_t length = 0;
  if (napi_get_value_string_utf8(env_, value, text, sizeof text, &length) == napi_ok) {
    int index = 0;
    for (const char* word : words) {
      if (std::strcmp(word, text) == 0) return index;
      ++index;
    }
  }
  std::string expected;
  for (const char* word : words) expected += (expected.empty() ? "'" : " or '") + std::string(word) + "'";
  if (length == 0) {
    Fail(name, expected, value);
  } else {
    Throw(std::string(name) + " must be " + expected + ", got '" + text + "'");
  }
  return 0;
}

Integers Arguments::Dimensions(const char* name) {
  Integers list;
  napi_value value = Next(name);
  if (value == nullptr) return list;
  bool is_array = false;
  uint32_t length = 0;
  if (napi_is_array(env_, value, &is_array) != napi_ok || !is_array ||
      napi_get_array_length(env_, value, &length) != napi_ok || length > 2 * kMaxRank) {
    Fail(name, "an array of at most 16 whole numbers", value);
    return list;
  }
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element;
    double number = 0;
    if (napi_get_element(env_, value, i, &element) != napi_ok || !ReadNumber(element, name, &number)) {
      Throw(std::string(name) + " could not be read");
      return Integers();
    }
    if (!(std::fabs(number) <= static_cast<double>(kLargest)) || number != std::floor(number)) {
      Fail(name, "whole numbers", element);
      return Integers();
    }
    list.values[i] = static_cast<int64_t>(number);
  }
  CheckArraysRemain();
  list.count = static_cast<int>(length);
  return list;
}

void* Arguments::Wrapped(const char* name, const napi_type_tag& tag) {
  napi_value value = Next(name);
  if (value == nullptr) return nullptr;
  napi_valuetype type;
  bool is_ours = false;
  void* wrapped = nullptr;
  if (napi_typeof(env_, value, &type) == napi_ok && type == napi_object &&
      napi_check_object_type_tag(env_, value, &tag, &is_ours) == napi_ok && is_ours &&
      napi_unwrap(env_, value, &wrapped) == napi_ok)
    return wrapped;
  Fail(name, "an object of the native engine", value);
  return nullptr;
}

bool Arguments::ok() {
  if (ok_ && next_ < count_)
    Throw("takes " + std::to_string(next_) + " arguments, got " + std::to_string(count_));
  CheckOverlap();
  return ok_;
}

napi_value Arguments::Return(const Status& status) {
  if (!status.ok()) napi_throw_range_error(env_, "ERR_UNROLL_VALUE", status.message().c_str());
  return nullptr;
}

napi_value Arguments::ReturnNumber(double value) {
  napi_value number = nullptr;
  napi_create_double(env_, value, &number);
  return number;
}

}  // namespace unroll
