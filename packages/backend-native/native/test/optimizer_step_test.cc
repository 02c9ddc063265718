#include "unroll/optimizer_step.h"

#include <algorithm>
#include <functional>

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// One parameter in float64.
struct Reference {
  std::vector<double> w, s0, s1;
  std::vector<float> g;
  ParameterUpdate settings;
};

double Sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

double Norm(const OptimizerStepCall& call, const std::vector<Reference>& all) {
  double sum = 0;
  for (const Reference& p : all)
    for (float g : p.g) sum += std::pow(g * call.gradient_scale, 2);
  return std::sqrt(sum);
}

double Direction(const OptimizerStepCall& call, double g, double& s0, double& s1, bool has_s1) {
  switch (call.rule) {
    case OptimizerRule::kSgd:
      return g;
    case OptimizerRule::kMomentum:
      s0 = call.momentum * s0 + g;
      return call.nesterov ? g + call.momentum * s0 : s0;
    case OptimizerRule::kRmsprop: {
      s0 = call.decay * s0 + (1 - call.decay) * g * g;
      const double scaled = g / (std::sqrt(s0) + call.epsilon);
      return has_s1 ? s1 = call.momentum * s1 + scaled : scaled;
    }
    case OptimizerRule::kAdam: {
      const double step = static_cast<double>(call.step);
      s0 = call.beta1 * s0 + (1 - call.beta1) * g;
      s1 = call.beta2 * s1 + (1 - call.beta2) * g * g;
      return s0 / (1 - std::pow(call.beta1, step)) / (std::sqrt(s1 / (1 - std::pow(call.beta2, step))) + call.epsilon);
    }
  }
  return 0;
}

void Step(const OptimizerStepCall& call, std::vector<Reference>& all) {
  const double norm = Norm(call, all), scale = call.clip_norm > 0 && norm > call.clip_norm ? call.clip_norm / norm : 1;
  for (Reference& p : all) {
    const double rate = call.learning_rate * p.settings.learning_rate_scale;
    const int64_t columns = p.settings.columns;
    for (size_t i = 0; i < p.w.size(); ++i) {
      double g = p.g[i] * call.gradient_scale * scale;
      if (call.clip_value > 0) g = std::clamp(g, -call.clip_value, call.clip_value);
      g += p.settings.l1 * Sign(p.w[i]) + p.settings.l2 * p.w[i];
      p.w[i] = p.w[i] * (1 - rate * p.settings.weight_decay) - rate * Direction(call, g, p.s0[i], p.s1[i], p.settings.slots[1] != nullptr);
    }
    for (int64_t c = 0; c < columns && p.settings.max_norm > 0; ++c) {
      double square = 0;
      for (size_t i = static_cast<size_t>(c); i < p.w.size(); i += columns) square += p.w[i] * p.w[i];
      for (size_t i = static_cast<size_t>(c); i < p.w.size(); i += columns) p.w[i] *= p.settings.max_norm / std::max(p.settings.max_norm, std::sqrt(square));
    }
  }
}

void TestRule(OptimizerStepCall call, bool second_slot, const char* name) {
  Random random(11);
  std::vector<Reference> reference;
  std::vector<Guarded> w, s0, s1;
  const int64_t sizes[] = {1, 30, 21 * 17, 40000};
  for (int64_t size : sizes) {
    Reference p;
    const auto start = random.Floats(size);
    p.w.assign(start.begin(), start.end());
    p.s0.assign(size, 0), p.s1.assign(size, 0);
    p.settings.size = size;
    reference.push_back(p);
    w.emplace_back(start), s0.emplace_back(std::vector<float>(size)), s1.emplace_back(std::vector<float>(size));
  }
  reference[1].settings.l1 = 0.01, reference[1].settings.learning_rate_scale = 0.5;
  reference[2].settings.max_norm = 2.2, reference[2].settings.columns = 17, reference[2].settings.weight_decay = 0.1;
  reference[3].settings.l2 = 0.02;
  for (call.step = 1; call.step <= 4; ++call.step) {
    std::vector<ParameterUpdate> updates;
    for (size_t i = 0; i < reference.size(); ++i) {
      reference[i].g = random.Floats(reference[i].settings.size, 3);
      ParameterUpdate& update = reference[i].settings;
      update.parameter = w[i].data(), update.gradient = reference[i].g.data();
      update.slots[0] = s0[i].data(), update.slots[1] = second_slot ? s1[i].data() : nullptr;
      updates.push_back(update);
    }
    call.updates = updates.data(), call.update_count = static_cast<int64_t>(updates.size());
    double norm = 0;
    const Status status = OptimizerStep(call, &norm);
    CHECK(status.ok(), "%s", status.message().c_str());
    CHECK(std::fabs(norm - Norm(call, reference)) < 1e-12 * norm, "%s: norm %.17g, expected %.17g", name, norm, Norm(call, reference));
    Step(call, reference);
  }
  for (size_t i = 0; i < reference.size(); ++i) CheckClose(w[i], reference[i].w, 1e-5, 1e-6, std::string(name) + " on " + TargetName());
}

/// Gradients given by rows give the bits of the dense gradient, rows in every place of a piece and moments included.
void TestRows(OptimizerStepCall call, bool second_slot, const ParameterUpdate& settings, const char* name) {
  Random random(5);
  for (int64_t columns : {1, 7, 33, 20011})
    for (int64_t stored : {1, 3, 61}) {
      const int64_t size = stored * columns;
      std::vector<int32_t> rows;
      for (int64_t r = 0; r < stored; ++r)
        if (r % 4 == 0 || random.Between(0, 2) == 0) rows.push_back(static_cast<int32_t>(r));
      Guarded sparse[3] = {random.Floats(size), random.Floats(size), std::vector<float>(static_cast<size_t>(size), 0.25f)};
      Guarded dense[3] = {sparse[0], sparse[1], sparse[2]};
      double norms[2];
      for (call.step = 1; call.step <= 2; ++call.step) {
        const std::vector<float> given = random.Floats(static_cast<int64_t>(rows.size()) * columns, 3);
        std::vector<float> all(static_cast<size_t>(size), 0.0f);
        for (size_t r = 0; r < rows.size(); ++r)
          std::copy_n(given.begin() + static_cast<int64_t>(r) * columns, columns, all.begin() + rows[r] * columns);
        for (int kind = 0; kind < 2; ++kind) {
          Guarded* numbers = kind == 0 ? dense : sparse;
          ParameterUpdate update = settings;
          update.parameter = numbers[0].data(), update.size = size, update.columns = columns;
          update.slots[0] = numbers[1].data(), update.slots[1] = second_slot ? numbers[2].data() : nullptr;
          update.gradient = kind == 0 ? all.data() : given.data();
          if (kind == 1) update.rows = rows.data(), update.row_count = static_cast<int64_t>(rows.size());
          call.updates = &update, call.update_count = 1;
          CHECK(OptimizerStep(call, &norms[kind]).ok(), "%s", name);
        }
      }
      CHECK(std::fabs(norms[0] - norms[1]) <= 1e-12 * norms[0], "%s: norm %.17g by rows, %.17g dense", name, norms[1], norms[0]);
      for (int i = 0; i < 3; ++i)
        CHECK(sparse[i].GuardsIntact() && std::memcmp(sparse[i].data(), dense[i].data(), static_cast<size_t>(size) * sizeof(float)) == 0,
              "%s, %lld x %lld, array %d: not the bits of the dense gradient", name, static_cast<long long>(stored), static_cast<long long>(columns), i);
    }
}

void TestRowsOfRules() {
  OptimizerStepCall call;
  call.learning_rate = 0.05, call.gradient_scale = 0.5;
  ParameterUpdate plain, penalised;
  penalised.l1 = 0.01, penalised.l2 = 0.03, penalised.weight_decay = 0.1, penalised.max_norm = 1.5;
  TestRows(call, false, plain, "sgd by rows");
  TestRows(call, false, penalised, "sgd with penalties by rows");
  call.clip_norm = 3, call.clip_value = 0.2;
  TestRows(call, false, plain, "clipped sgd by rows");
  call.rule = OptimizerRule::kMomentum, call.momentum = 0.9, call.nesterov = true;
  TestRows(call, false, plain, "nesterov by rows");
  call.rule = OptimizerRule::kRmsprop, call.decay = 0.95, call.epsilon = 1e-6;
  TestRows(call, true, plain, "rmsprop by rows");
  call.rule = OptimizerRule::kAdam, call.beta1 = 0.9, call.beta2 = 0.99;
  TestRows(call, true, penalised, "adam by rows");
}

void TestWrongRows() {
  std::vector<float> w(12), g(12);
  for (const std::vector<int32_t>& rows : std::vector<std::vector<int32_t>>{{-1, 0}, {0, 0}, {2, 1}, {1, 3}, {1, INT32_MAX}}) {
    ParameterUpdate update;
    update.parameter = w.data(), update.gradient = g.data(), update.size = 12, update.columns = 4;
    update.rows = rows.data(), update.row_count = 2;
    OptimizerStepCall call;
    call.updates = &update, call.update_count = 1;
    double norm = 0;
    CHECK(!OptimizerStep(call, &norm).ok(), "rows %d %d of 3 must be refused", rows[0], rows[1]);
  }
}

void TestNotFinite() {
  std::vector<float> w{1, 2}, g{0.5f, INFINITY};
  ParameterUpdate update;
  update.parameter = w.data(), update.gradient = g.data(), update.size = 2;
  OptimizerStepCall call;
  call.updates = &update, call.update_count = 1, call.learning_rate = 1;
  double norm = 0;
  CHECK(OptimizerStep(call, &norm).ok() && !std::isfinite(norm) && w[0] == 1 && w[1] == 2, "w %g %g norm %g", w[0], w[1], norm);
  call.rule = OptimizerRule::kAdam;
  CHECK(!OptimizerStep(call, &norm).ok(), "Adam without slots must be refused");
}

void TestRules() {
  OptimizerStepCall call;
  call.learning_rate = 0.05;
  TestRule(call, false, "sgd");
  call.gradient_scale = 0.25, call.clip_norm = 40;
  TestRule(call, false, "sgd, scaled and clipped");
  call.clip_value = 0.2;
  call.rule = OptimizerRule::kMomentum, call.momentum = 0.9;
  TestRule(call, false, "momentum");
  call.nesterov = true;
  TestRule(call, false, "nesterov");
  call.rule = OptimizerRule::kRmsprop, call.decay = 0.95, call.epsilon = 1e-6, call.learning_rate = 0.01;
  TestRule(call, false, "rmsprop");
  TestRule(call, true, "rmsprop with momentum");
  call.rule = OptimizerRule::kAdam, call.beta1 = 0.9, call.beta2 = 0.99, call.epsilon = 1e-8;
  TestRule(call, true, "adam");
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      TestRules();
      TestRowsOfRules();
      TestWrongRows();
      TestNotFinite();
    });
  }
  return Report("optimizer_step_test");
}
