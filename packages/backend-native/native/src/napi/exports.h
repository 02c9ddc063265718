#ifndef UNROLL_NAPI_EXPORTS_H_
#define UNROLL_NAPI_EXPORTS_H_

#include <node_api.h>

#include <exception>
#include <initializer_list>
#include <string>

namespace unroll {

/// A C++ exception must not travel through Node: it becomes a JavaScript error.
template <napi_value (*function)(napi_env, napi_callback_info)>
napi_value Guarded(napi_env env, napi_callback_info info) {
  std::string problem;
  try {
    return function(env, info);
  } catch (const std::exception& error) {
    problem = error.what();
  } catch (...) {
    problem = "an unknown exception";
  }
  napi_throw_error(env, "ERR_UNROLL_NATIVE", ("unroll: the native engine failed: " + problem).c_str());
  return nullptr;
}

struct Export {
  const char* name;  // camelCase, as JavaScript sees it
  napi_callback function;
};

/// Adds functions to the addon, so that a new file needs no line anywhere else:
///
///   const Exports exports({{"matmul", Guarded<MatMulCall>}});
///
/// It must be a constant at namespace scope.
class Exports {
 public:
  Exports(std::initializer_list<Export> functions);
};

}  // namespace unroll

#endif  // UNROLL_NAPI_EXPORTS_H_
