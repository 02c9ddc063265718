#include "unroll/target.h"

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

bool DetectBfloat16Products() {
#if UNROLL_X86
  // Leaf 7.1, EAX bit 5; asked directly because compilers name the feature differently.
  unsigned int a = 7, b = 0, c = 1, d = 0;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return DetectTarget() == Target::kAvx512 && (a & (1u << 5)) != 0;
#else
  return false;
#endif
}

const Target detected_target = DetectTarget();
const bool detected_bfloat16_products = DetectBfloat16Products();
Target current_target = detected_target;

}  // namespace

Target CurrentTarget() { return current_target; }

bool HasBfloat16Products() { return detected_bfloat16_products && current_target == Target::kAvx512; }

void LimitTarget(Target target) { current_target = target < detected_target ? target : detected_target; }

const char* TargetName() {
#if UNROLL_X86
  if (HasBfloat16Products()) return "avx512+bf16";
  if (current_target == Target::kAvx512) return "avx512";
  return current_target == Target::kAvx2 ? "avx2" : "sse2";
#elif defined(__ARM_NEON)
  return "neon";
#else
  return "128-bit vectors";
#endif
}

}  // namespace unroll
