#include "kernels/optimizer_rules.h"

#include <cmath>

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/optimizer_rules.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

/// The gradient after scaling, clipping by value and penalties.
static UNROLL_INLINE Floats PreparedGradient(const RuleFactors& k, Floats gradient, Floats w) {
  Floats g = gradient * k.gradient;
  g = Max(Min(g, Broadcast(k.clip_value)), Broadcast(-k.clip_value));
  const Floats sign = Select(w > 0.0f, Broadcast(1.0f), Select(w < 0.0f, Broadcast(-1.0f), Broadcast(0.0f)));
  return MultiplyAdd(w, Broadcast(k.l2), MultiplyAdd(sign, Broadcast(k.l1), g));
}

struct SgdRule {
  static UNROLL_INLINE Floats Direction(const RuleFactors&, Floats g, float* const*, int64_t, int64_t) { return g; }
};

struct MomentumRule {
  static UNROLL_INLINE Floats Direction(const RuleFactors& k, Floats g, float* const* slots, int64_t i, int64_t left) {
    const Floats velocity = MultiplyAdd(LoadUpTo(slots[0] + i, left), Broadcast(k.momentum), g);
    StoreUpTo(slots[0] + i, velocity, left);
    return k.nesterov ? MultiplyAdd(velocity, Broadcast(k.momentum), g) : velocity;
  }
};

struct RmspropRule {
  static UNROLL_INLINE Floats Direction(const RuleFactors& k, Floats g, float* const* slots, int64_t i, int64_t left) {
    const Floats square = LoadUpTo(slots[0] + i, left) * k.decay2 + g * g * k.rest2;
    StoreUpTo(slots[0] + i, square, left);
    const Floats scaled = g / (Sqrt(square) + k.epsilon);
    if (slots[1] == nullptr) return scaled;
    const Floats velocity = MultiplyAdd(LoadUpTo(slots[1] + i, left), Broadcast(k.momentum), scaled);
    StoreUpTo(slots[1] + i, velocity, left);
    return velocity;
  }
};

struct AdamRule {
  static UNROLL_INLINE Floats Direction(const RuleFactors& k, Floats g, float* const* slots, int64_t i, int64_t left) {
    const Floats mean = LoadUpTo(slots[0] + i, left) * k.decay1 + g * k.rest1;
    const Floats square = LoadUpTo(slots[1] + i, left) * k.decay2 + g * g * k.rest2;
    StoreUpTo(slots[0] + i, mean, left);
    StoreUpTo(slots[1] + i, square, left);
    return mean / MultiplyAdd(Sqrt(square), Broadcast(k.square_scale), Broadcast(k.epsilon));
  }
};

template <typename Rule, bool kHasGradient>
static void UpdateNumbers(const RuleFactors& k, const Numbers& n) {
  for (int64_t i = 0; i < n.count; i += kLanes) {
    const int64_t left = n.count - i;
    const Floats w = LoadUpTo(n.parameter + i, left);
    const Floats gradient = kHasGradient ? LoadUpTo(n.gradient + i, left) : Broadcast(0.0f);
    const Floats direction = Rule::Direction(k, PreparedGradient(k, gradient, w), n.slots, i, left);
    StoreUpTo(n.parameter + i, MultiplyAdd(direction, Broadcast(-k.learning_rate), w * k.keep), left);
  }
}
template <typename Rule>
static void Update(const RuleFactors& k, const Numbers& n) {
  n.gradient == nullptr ? UpdateNumbers<Rule, false>(k, n) : UpdateNumbers<Rule, true>(k, n);
}

void UpdateSgd(const RuleFactors& k, const Numbers& n) { Update<SgdRule>(k, n); }
void UpdateMomentum(const RuleFactors& k, const Numbers& n) { Update<MomentumRule>(k, n); }
void UpdateRmsprop(const RuleFactors& k, const Numbers& n) { Update<RmspropRule>(k, n); }
void UpdateAdam(const RuleFactors& k, const Numbers& n) { Update<AdamRule>(k, n); }

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
RuleFactors FactorsOf(const OptimizerStepCall& call, const ParameterUpdate& update, double clip_scale) {
  const bool adam = call.rule == OptimizerRule::kAdam;
  const double rate = call.learning_rate * update.learning_rate_scale, step = static_cast<double>(call.step);
  const double decay1 = call.beta1, decay2 = adam ? call.beta2 : call.decay;
  RuleFactors k{};
  k.gradient = static_cast<float>(call.gradient_scale * clip_scale);
  k.clip_value = call.clip_value > 0 ? static_cast<float>(call.clip_value) : INFINITY;
  k.l1 = static_cast<float>(update.l1), k.l2 = static_cast<float>(update.l2);
  k.keep = static_cast<float>(1 - rate * update.weight_decay);
  k.learning_rate = static_cast<float>(adam ? rate / (1 - std::pow(decay1, step)) : rate);
  k.momentum = static_cast<float>(call.momentum);
  k.nesterov = call.nesterov;
  k.decay1 = static_cast<float>(decay1), k.decay2 = static_cast<float>(decay2);
  k.rest1 = static_cast<float>(1 - decay1), k.rest2 = static_cast<float>(1 - decay2);
  k.square_scale = static_cast<float>(adam ? 1 / std::sqrt(1 - std::pow(decay2, step)) : 1);
  k.epsilon = static_cast<float>(call.epsilon);
  return k;
}

void ApplyRule(OptimizerRule rule, const RuleFactors& factors, const Numbers& numbers) {
  switch (rule) {
    case OptimizerRule::kSgd:
      return UNROLL_DISPATCH(UpdateSgd)(factors, numbers);
    case OptimizerRule::kMomentum:
      return UNROLL_DISPATCH(UpdateMomentum)(factors, numbers);
    case OptimizerRule::kRmsprop:
      return UNROLL_DISPATCH(UpdateRmsprop)(factors, numbers);
    case OptimizerRule::kAdam:
      return UNROLL_DISPATCH(UpdateAdam)(factors, numbers);
  }
}
#endif

}  // namespace unroll
