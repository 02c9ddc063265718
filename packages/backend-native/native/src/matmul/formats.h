// How numbers of the two factors become items, the 4 bytes that the micro-kernel multiplies: a float, or two bfloat16
// numbers with neighbouring inner indices. One part for each target; included by gemm.h.

namespace unroll {
namespace UNROLL_TARGET {

struct KeepNumbers {
  static UNROLL_INLINE Floats Apply(Floats v) { return v; }
};

/// To bfloat16 and back: the nearest number with 8 significant bits, ties to even; NaN stays NaN.
struct RoundNumbers {
  static UNROLL_INLINE Floats Apply(Floats v) {
    const UInts bits = reinterpret_cast<UInts>(v);
    const UInts rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u;
    return Select(v == v, reinterpret_cast<Floats>(rounded), v);
  }
};

/// A format says how many numbers an item holds and what multiplies two items, and makes vectors of items:
/// `Across` one step of up to kLanes neighbouring lines, from the memory row of its first inner index (`inner` of them
/// are left; the next lies `stride` behind); `Along` kLanes steps of one line, from its next `inner` numbers.
/// `Across` sets lanes from `count` on to zero, both fill up with zeros where inner indices are missing.
template <typename Change>
struct FloatFormat {
  static constexpr int64_t kNumbers = 1;
  static UNROLL_INLINE Floats Dot(Floats a, Floats b, Floats sum) { return MultiplyAdd(a, b, sum); }
  static UNROLL_INLINE Floats Across(const float* row, int64_t /*stride*/, int64_t /*inner*/, int64_t count) {
    return count > 0 ? Change::Apply(LoadUpTo(row, count)) : Broadcast(0.0f);
  }
  static UNROLL_INLINE Floats Along(const float* line, int64_t inner) { return Change::Apply(LoadUpTo(line, inner)); }
};

struct Float32Format : FloatFormat<KeepNumbers> {
  static constexpr bool kChangesNumbers = false;
};

/// bfloat16 where the processor cannot multiply it: the numbers are rounded, the arithmetic is float32.
struct RoundedFormat : FloatFormat<RoundNumbers> {
  static constexpr bool kChangesNumbers = true;
};

}  // namespace UNROLL_TARGET
}  // namespace unroll
