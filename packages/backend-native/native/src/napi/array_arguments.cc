// The typed arrays among the arguments.

#include <algorithm>

#include "napi/arguments.h"

namespace unroll {
namespace {

// More than any model has parameters; a list may claim to be of any length.
constexpr uint32_t kLongestList = 1 << 16;

int ElementSize(napi_typedarray_type type) {
  switch (type) {
    case napi_int16_array:
    case napi_uint16_array: return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array: return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array: return 8;
    default: return 1;
  }
}

std::string ShapeText(Shape shape) {
  std::string text = "[";
  for (int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

template <typename T>
Span<T> As(void* data, size_t length) {
  return {static_cast<T*>(data), static_cast<int64_t>(length)};
}

}  // namespace

bool Arguments::ArrayAt(napi_value value, Array* array) {
  alignas(64) static char nothing[64];  // an empty array may have no address, but it is there
  bool is_typed_array = false;
  if (napi_is_typedarray(env_, value, &is_typed_array) != napi_ok || !is_typed_array ||
      napi_get_typedarray_info(env_, value, &array->type, &array->length, &array->data, nullptr, nullptr) != napi_ok)
    return false;
  if (array->data == nullptr || array->length == 0) array->data = nothing;
  return true;
}

/// Without data if `value` is no typed array.
Arguments::Array Arguments::ReadArray(napi_value value, Access access) {
  Array array{};
  if (value == nullptr || !ArrayAt(value, &array)) return Array{};
  held_.push_back({value, array, access});
  return array;
}

// Reading an element of a list may run JavaScript, which may take the memory of any array away.
void Arguments::CheckArraysRemain() {
  for (const Held& held : held_) {
    Array now{};
    if (!ArrayAt(held.value, &now) || now.data != held.array.data || now.length != held.array.length)
      return Throw("an array lost its memory while a list was read");
  }
}

void Arguments::CheckOverlap() {
  struct Range {
    const char *begin, *end;
    bool written;
  };
  std::vector<Range> ranges;
  ranges.reserve(held_.size());
  for (const Held& held : held_) {
    const char* begin = static_cast<const char*>(held.array.data);
    const size_t bytes = held.array.length * static_cast<size_t>(ElementSize(held.array.type));
    if (bytes > 0) ranges.push_back({begin, begin + bytes, held.access == Access::kWrites});
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin || (a.begin == b.begin && a.end < b.end); });
  Range before{nullptr, nullptr, false};
  const char *read_end = nullptr, *written_end = nullptr;  // of the ranges before
  for (const Range& range : ranges) {
    const bool same = in_place_ && range.begin == before.begin && range.end == before.end;
    const bool meets_read = range.written && range.begin < read_end;
    const bool meets_written = range.begin < written_end && !(range.written && shared_results_);
    if (!same && (meets_read || meets_written)) return Throw("an array that is written shares memory with another one");
    const char*& end = range.written ? written_end : read_end;
    end = std::max(end, range.end);
    before = range;
  }
}

Arguments::Array Arguments::Exactly(const char* name, napi_typedarray_type type, Shape shape, Access access) {
  napi_value value = Next(name);
  const Array array = ReadArray(value, access);
  const int64_t elements = Elements(shape);
  if (array.data != nullptr && array.type == type && static_cast<int64_t>(array.length) == elements) return array;
  if (array.data == nullptr) {
    Fail(name, TypeName(type), value);
  } else {
    Fail(name, std::string(TypeName(type)) + " " + ShapeText(shape) + " (" + std::to_string(elements) + " numbers)", value);
  }
  return Array{};
}

Arguments::Array Arguments::ExactlyOrAbsent(const char* name, napi_typedarray_type type, Shape shape, Access access) {
  if (ok_ && next_ < count_ && IsAbsent(values_[next_])) {
    ++next_;
    return Array{};
  }
  return Exactly(name, type, shape, access);
}

Arguments::Array Arguments::Any(const char* name, napi_typedarray_type type, Access access) {
  napi_value value = Next(name);
  const Array array = ReadArray(value, access);
  if (array.data != nullptr && array.type == type) return array;
  Fail(name, TypeName(type), value);
  return Array{};
}

const float* Arguments::Floats(const char* name, Shape shape) {
  return static_cast<const float*>(Exactly(name, napi_float32_array, shape, Access::kReads).data);
}
const float* Arguments::OptionalFloats(const char* name, Shape shape) {
  return static_cast<const float*>(ExactlyOrAbsent(name, napi_float32_array, shape, Access::kReads).data);
}
float* Arguments::MutableFloats(const char* name, Shape shape) {
  return static_cast<float*>(Exactly(name, napi_float32_array, shape, Access::kWrites).data);
}
float* Arguments::OptionalMutableFloats(const char* name, Shape shape) {
  return static_cast<float*>(ExactlyOrAbsent(name, napi_float32_array, shape, Access::kWrites).data);
}
const int32_t* Arguments::Ints(const char* name, Shape shape) {
  return static_cast<const int32_t*>(Exactly(name, napi_int32_array, shape, Access::kReads).data);
}
int32_t* Arguments::MutableInts(const char* name, Shape shape) {
  return static_cast<int32_t*>(Exactly(name, napi_int32_array, shape, Access::kWrites).data);
}
const int32_t* Arguments::OptionalInts(const char* name, Shape shape) {
  return static_cast<const int32_t*>(ExactlyOrAbsent(name, napi_int32_array, shape, Access::kReads).data);
}
const double* Arguments::Doubles(const char* name, Shape shape) {
  return static_cast<const double*>(Exactly(name, napi_float64_array, shape, Access::kReads).data);
}

Span<float> Arguments::FloatSpan(const char* name) {
  const Array array = Any(name, napi_float32_array, Access::kReads);
  return As<float>(array.data, array.length);
}
Span<float> Arguments::MutableFloatSpan(const char* name) {
  const Array array = Any(name, napi_float32_array, Access::kWrites);
  return As<float>(array.data, array.length);
}
Span<int32_t> Arguments::IntSpan(const char* name) {
  const Array array = Any(name, napi_int32_array, Access::kReads);
  return As<int32_t>(array.data, array.length);
}
Span<uint8_t> Arguments::ByteSpan(const char* name) {
  const Array array = Any(name, napi_uint8_array, Access::kReads);
  return As<uint8_t>(array.data, array.length);
}
Span<uint8_t> Arguments::MutableByteSpan(const char* name) {
  const Array array = Any(name, napi_uint8_array, Access::kWrites);
  return As<uint8_t>(array.data, array.length);
}

Bytes Arguments::ReadBytes(const char* name, Access access) {
  napi_value value = Next(name);
  const Array array = ReadArray(value, access);
  if (array.data == nullptr) {
    Fail(name, "a typed array", value);
    return Bytes();
  }
  const int size = ElementSize(array.type);
  return {static_cast<char*>(array.data), static_cast<int64_t>(array.length) * size, size};
}
Bytes Arguments::AnyBytes(const char* name) { return ReadBytes(name, Access::kReads); }
Bytes Arguments::MutableAnyBytes(const char* name) { return ReadBytes(name, Access::kWrites); }

/// Elements that are null or undefined have no data.
std::vector<Arguments::Array> Arguments::List(const char* name, napi_typedarray_type type, Access access) {
  std::vector<Array> list;
  napi_value value = Next(name);
  if (value == nullptr) return list;
  bool is_array = false;
  uint32_t length = 0;
  if (napi_is_array(env_, value, &is_array) != napi_ok || !is_array ||
      napi_get_array_length(env_, value, &length) != napi_ok || length > kLongestList) {
    Fail(name, std::string("an array of ") + TypeName(type), value);
    return list;
  }
  for (uint32_t i = 0; ok_ && i < length; ++i) {
    napi_value element;
    if (napi_get_element(env_, value, i, &element) != napi_ok) {
      Throw(std::string(name) + "[" + std::to_string(i) + "] could not be read");
      break;
    }
    list.push_back(IsAbsent(element) ? Array{} : ReadArray(element, access));
    if (list.back().data == nullptr ? !IsAbsent(element) : list.back().type != type)
      Fail((std::string(name) + "[" + std::to_string(i) + "]").c_str(), TypeName(type), element);
  }
  if (ok_) CheckArraysRemain();
  return ok_ ? list : std::vector<Array>();
}

std::vector<Span<float>> Arguments::ReadFloatList(const char* name, Access access) {
  std::vector<Span<float>> list;
  for (const Array& array : List(name, napi_float32_array, access)) {
    if (array.data == nullptr) Throw(std::string(name) + "[" + std::to_string(list.size()) + "] must be Float32Array, got nothing");
    list.push_back(As<float>(array.data, array.length));
  }
  return ok_ ? list : std::vector<Span<float>>();
}
std::vector<Span<float>> Arguments::FloatList(const char* name) { return ReadFloatList(name, Access::kReads); }
std::vector<Span<float>> Arguments::MutableFloatList(const char* name) { return ReadFloatList(name, Access::kWrites); }

std::vector<Span<int32_t>> Arguments::OptionalIntList(const char* name) {
  std::vector<Span<int32_t>> list;
  for (const Array& array : List(name, napi_int32_array, Access::kReads)) list.push_back(As<int32_t>(array.data, array.length));
  return list;
}

}  // namespace unroll
