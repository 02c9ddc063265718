#include <node_api.h>

#include <vector>

#include "napi/exports.h"

namespace unroll {
namespace {

// A function's static, because constants of other files register before this file's own would be ready.
std::vector<Export>& Table() {
  static std::vector<Export> table;
  return table;
}

}  // namespace

Exports::Exports(std::initializer_list<Export> functions) {
  Table().insert(Table().end(), functions.begin(), functions.end());
}

}  // namespace unroll

NAPI_MODULE_INIT() {
  for (const unroll::Export& entry : unroll::Table()) {
    napi_value function;
    if (napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.function, nullptr, &function) != napi_ok ||
        napi_set_named_property(env, exports, entry.name, function) != napi_ok) {
      napi_throw_error(env, "ERR_UNROLL_NATIVE", "unroll: the native engine could not export its functions");
      return nullptr;
    }
  }
  return exports;
}
