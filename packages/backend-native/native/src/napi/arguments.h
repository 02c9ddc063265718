#ifndef UNROLL_NAPI_ARGUMENTS_H_
#define UNROLL_NAPI_ARGUMENTS_H_

#include <node_api.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "unroll/status.h"

namespace unroll {

/// The sizes of a buffer, outermost first; an argument must hold exactly their product.
using Shape = std::initializer_list<int64_t>;

/// The product of the sizes, at most 2^52, so that it cannot overflow.
int64_t Elements(Shape shape);

constexpr int kMaxRank = 8;

/// A short list of whole numbers: a shape, strides, axes.
struct Integers {
  int64_t values[2 * kMaxRank] = {};
  int count = 0;
  int64_t operator[](int i) const { return values[i]; }
  /// The product of all values.
  int64_t Product() const;
};

/// Numbers that belong to a JavaScript typed array, which outlives the call.
template <typename T>
struct Span {
  T* data = nullptr;
  int64_t count = 0;
};

/// The memory of a typed array of any kind.
struct Bytes {
  char* data = nullptr;
  int64_t bytes = 0;
  int element_size = 1;
};

/// Takes the arguments of a call from JavaScript one after the other and checks each: type, length, range. At the
/// first that is wrong an error such as
///   unroll: matmul: a must be Float32Array [4, 3] (12 numbers), got Float32Array of 11
/// becomes pending, `ok()` turns false, and what is read from then on is empty. So a function reads them all and asks once:
///
///   napi_value Scale(napi_env env, napi_callback_info info) {
///     Arguments in(env, info, "scale");
///     const int64_t rows = in.Size("rows"), columns = in.Size("columns");
///     const float* x = in.Floats("x", {rows, columns});
///     const double factor = in.Number("factor");
///     float* y = in.MutableFloats("y", {rows, columns});
///     if (!in.ok()) return nullptr;
///     return in.Return(ScaleRows(x, factor, y, rows * columns));
///   }
///
/// `ok()` also refuses arguments that nobody read.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info, const char* operation);

  /// A whole number 0 … 2^31 − 1, or within [lowest, highest].
  int64_t Size(const char* name);
  int64_t Integer(const char* name, int64_t lowest, int64_t highest);
  /// Any number, NaN and infinity too.
  double Number(const char* name);
  bool Flag(const char* name);
  /// One of `words`; the answer is its index.
  int Choice(const char* name, std::initializer_list<const char*> words);

  /// An array of at most 16 whole numbers within ±2^52.
  Integers Dimensions(const char* name);

  /// Typed arrays of exactly the numbers of `shape`. The optional forms also accept null and undefined, as nullptr.
  const float* Floats(const char* name, Shape shape);
  const float* OptionalFloats(const char* name, Shape shape);
  float* MutableFloats(const char* name, Shape shape);
  float* OptionalMutableFloats(const char* name, Shape shape);
  const int32_t* Ints(const char* name, Shape shape);
  int32_t* MutableInts(const char* name, Shape shape);
  const int32_t* OptionalInts(const char* name, Shape shape);
  const double* Doubles(const char* name, Shape shape);

  /// Typed arrays of any length.
  Span<float> FloatSpan(const char* name);
  Span<float> MutableFloatSpan(const char* name);
  Span<int32_t> IntSpan(const char* name);
  Span<uint8_t> ByteSpan(const char* name);
  Span<uint8_t> MutableByteSpan(const char* name);
  Bytes AnyBytes(const char* name);
  Bytes MutableAnyBytes(const char* name);

  /// A JavaScript array of Float32Arrays of any length.
  std::vector<Span<float>> FloatList(const char* name);
  std::vector<Span<float>> MutableFloatList(const char* name);

  /// A JavaScript array of Int32Arrays of any length, or null or undefined for one that is left out (its data alone is null).
  std::vector<Span<int32_t>> OptionalIntList(const char* name);

  /// What an object of ours that bears `tag` wraps.
  void* Wrapped(const char* name, const napi_type_tag& tag);

  /// A result may also be the very array of an input: each number of it depends on the input's number at its place alone.
  void AllowInPlace() { in_place_ = true; }
  /// Results may lie beside each other in rows of one array, or be one sum.
  void AllowSharedResults() { shared_results_ = true; }

  /// False once an argument was wrong; also checks that every argument was read, and that no array which is written shares
  /// memory with another one: indices that were checked stay what they are.
  bool ok();
  /// The first half of ok(), for use between two arguments.
  bool valid() const { return ok_; }

  /// Throws an error about argument `name` unless `condition` holds; for checks that span several arguments.
  void Require(bool condition, const char* name, const char* expectation);

  /// undefined, or the exception of a failed status: values that cannot be right, code ERR_UNROLL_VALUE.
  napi_value Return(const Status& status);
  napi_value Return() { return nullptr; }
  napi_value ReturnNumber(double value);

  napi_env env() const { return env_; }

 private:
  enum class Access { kReads, kWrites };

  struct Array {
    napi_typedarray_type type;
    void* data = nullptr;
    size_t length = 0;
  };

  /// An array that was read.
  struct Held {
    napi_value value;
    Array array;
    Access access;
  };

  static constexpr size_t kMaxArguments = 64;

  static const char* TypeName(napi_typedarray_type type);

  napi_value Next(const char* name);
  bool IsAbsent(napi_value value);
  bool ReadNumber(napi_value value, const char* name, double* number);
  bool ArrayAt(napi_value value, Array* array);
  Array ReadArray(napi_value value, Access access);
  Array Exactly(const char* name, napi_typedarray_type type, Shape shape, Access access);
  Array ExactlyOrAbsent(const char* name, napi_typedarray_type type, Shape shape, Access access);
  Array Any(const char* name, napi_typedarray_type type, Access access);
  Bytes ReadBytes(const char* name, Access access);
  std::vector<Array> List(const char* name, napi_typedarray_type type, Access access);
  std::vector<Span<float>> ReadFloatList(const char* name, Access access);
  void CheckArraysRemain();
  void CheckOverlap();
  std::string Describe(napi_value value);
  void Fail(const char* name, const std::string& expected, napi_value value);
  void Throw(const std::string& message);

  napi_env env_;
  const char* operation_;
  napi_value values_[kMaxArguments];
  std::vector<Held> held_;
  bool in_place_ = false, shared_results_ = false;
  size_t count_ = kMaxArguments;
  size_t next_ = 0;
  bool ok_ = true;
};

}  // namespace unroll

#endif  // UNROLL_NAPI_ARGUMENTS_H_
