#include "unroll/target.h"

#include <atomic>

namespace unroll {
namespace {

Target DetectTarget() {
#if UNROLL_X86
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return avx512 ? Target::kAvx512 : avx2 ? Target::kAvx2 : Target::kBaseline;
#else
  return Target::kBaseline;
#endif
}

#if UNROLL_X86
struct Registers {
  unsigned int a, b, c, d;
};

// Asked directly, because compilers name these features differently or not at all.
Registers Leaf7(unsigned int subleaf) {
  Registers r{7, 0, subleaf, 0};
  __asm__ volatile("cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
  return r;
}
#endif

bool DetectBfloat16Products() {
#if UNROLL_X86
  return DetectTarget() == Target::kAvx512 && (Leaf7(1).a & (1u << 5)) != 0;
#else
  return false;
#endif
}

bool DetectBfloat16Tiles() {
#if UNROLL_X86
  const unsigned int both = 1u << 22 | 1u << 24;  // AMX-BF16, AMX-TILE
  return DetectTarget() == Target::kAvx512 && (Leaf7(0).d & both) == both;
#else
  return false;
#endif
}

const Target detected_target = DetectTarget();
const bool detected_bfloat16_products = DetectBfloat16Products();
const bool detected_bfloat16_tiles = DetectBfloat16Tiles();
std::atomic<Target> current_target{detected_target};

}  // namespace

Target CurrentTarget() { return current_target.load(std::memory_order_relaxed); }

bool HasBfloat16Products() { return detected_bfloat16_products && CurrentTarget() == Target::kAvx512; }

bool HasBfloat16Tiles() { return detected_bfloat16_tiles && CurrentTarget() == Target::kAvx512; }

void LimitTarget(Target target) { current_target = target < detected_target ? target : detected_target; }

const char* TargetName() {
#if UNROLL_X86
  if (HasBfloat16Products()) return "avx512+bf16";
  if (CurrentTarget() == Target::kAvx512) return "avx512";
  return CurrentTarget() == Target::kAvx2 ? "avx2" : "sse2";
#elif defined(__ARM_NEON)
  return "neon";
#else
  return "128-bit vectors";
#endif
}

}  // namespace unroll
