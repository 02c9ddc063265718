#ifndef UNROLL_STATUS_H_
#define UNROLL_STATUS_H_

#include <string>

namespace unroll {

/// What a kernel answers when its arguments cannot be right: nothing, or one sentence that names the operation,
/// the argument, what was expected and what came ("unroll: LstmSequence: lengths must be ..."). Kernels never throw;
/// on an error no output has been written unless the kernel's header says otherwise.
class [[nodiscard]] Status {
 public:
  static Status Ok() { return Status(); }

  /// printf-style; the text should start with "unroll: ".
#if defined(__GNUC__)
  __attribute__((format(printf, 1, 2)))
#endif
  static Status Invalid(const char* format, ...);

  bool ok() const { return message_.empty(); }
  const std::string& message() const { return message_; }

 private:
  Status() = default;
  std::string message_;
};

}  // namespace unroll

/// Leaves the calling function with the error of `expression`, if it has one.
#define UNROLL_RETURN_IF_ERROR(expression)            \
  do {                                                \
    ::unroll::Status unroll_status_ = (expression);   \
    if (!unroll_status_.ok()) return unroll_status_;  \
  } while (false)

#endif  // UNROLL_STATUS_H_
