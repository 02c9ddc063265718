#include "unroll/status.h"

#include <cstdarg>
#include <cstdio>

namespace unroll {

Status Status::Invalid(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  Status status;
  status.message_ = text;
  return status;
}

}  // namespace unroll
