#include "unroll/crf.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

/// What every call begins with: timeSteps, batchSize, tags, emissions, transitions, start, end, lengths.
CrfScores ReadScores(Arguments& in) {
  CrfScores scores;
  scores.time_steps = in.Size("timeSteps");
  scores.batch_size = in.Size("batchSize");
  scores.tags = in.Integer("tags", 1, INT32_MAX);
  scores.emissions = in.Floats("emissions", {scores.time_steps, scores.batch_size, scores.tags});
  scores.transitions = in.Floats("transitions", {scores.tags, scores.tags});
  scores.start = in.Floats("start", {scores.tags});
  scores.end = in.Floats("end", {scores.tags});
  scores.lengths = in.Ints("lengths", {scores.batch_size});
  return scores;
}

// crfLogLikelihood(...scores, knownTags, logLikelihood)
napi_value CrfLogLikelihoodCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "crfLogLikelihood");
  const CrfScores scores = ReadScores(in);
  const int32_t* tags = in.Ints("knownTags", {scores.time_steps, scores.batch_size});
  float* log_likelihood = in.MutableFloats("logLikelihood", {scores.batch_size});
  if (!in.ok()) return nullptr;
  return in.Return(CrfLogLikelihood(scores, tags, log_likelihood));
}

// crfLogLikelihoodGrad(...scores, knownTags, dLogLikelihood, dEmissions, dTransitions, dStart, dEnd)
napi_value CrfLogLikelihoodGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "crfLogLikelihoodGrad");
  const CrfScores scores = ReadScores(in);
  const int32_t* tags = in.Ints("knownTags", {scores.time_steps, scores.batch_size});
  CrfGradients gradients;
  gradients.d_log_likelihood = in.Floats("dLogLikelihood", {scores.batch_size});
  gradients.d_emissions = in.MutableFloats("dEmissions", {scores.time_steps, scores.batch_size, scores.tags});
  gradients.d_transitions = in.MutableFloats("dTransitions", {scores.tags, scores.tags});
  gradients.d_start = in.MutableFloats("dStart", {scores.tags});
  gradients.d_end = in.MutableFloats("dEnd", {scores.tags});
  if (!in.ok()) return nullptr;
  return in.Return(CrfLogLikelihoodGradient(scores, tags, gradients));
}

// crfForwardBackward(...scores, marginals, forward, backward, logPartition)
napi_value CrfForwardBackwardCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "crfForwardBackward");
  const CrfScores scores = ReadScores(in);
  CrfSums sums;
  sums.marginals = in.MutableFloats("marginals", {scores.time_steps, scores.batch_size, scores.tags});
  sums.forward = in.MutableFloats("forward", {scores.time_steps, scores.batch_size, scores.tags});
  sums.backward = in.MutableFloats("backward", {scores.time_steps, scores.batch_size, scores.tags});
  sums.log_partition = in.MutableFloats("logPartition", {scores.batch_size});
  if (!in.ok()) return nullptr;
  return in.Return(CrfForwardBackward(scores, sums));
}

// crfViterbi(...scores, nBest, bestTags, bestScores)
napi_value CrfViterbiCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "crfViterbi");
  const CrfScores scores = ReadScores(in);
  CrfBestRows best;
  best.n_best = in.Integer("nBest", 1, INT32_MAX);
  best.tags = in.MutableInts("bestTags", {best.n_best, scores.time_steps, scores.batch_size});
  best.scores = in.MutableFloats("bestScores", {best.n_best, scores.batch_size});
  if (!in.ok()) return nullptr;
  return in.Return(CrfViterbi(scores, best));
}

const Exports exports({{"crfLogLikelihood", Guarded<CrfLogLikelihoodCall>},
                       {"crfLogLikelihoodGrad", Guarded<CrfLogLikelihoodGradCall>},
                       {"crfForwardBackward", Guarded<CrfForwardBackwardCall>},
                       {"crfViterbi", Guarded<CrfViterbiCall>}});

}  // namespace
}  // namespace unroll
