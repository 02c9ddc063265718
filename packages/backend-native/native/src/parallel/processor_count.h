#ifndef UNROLL_PARALLEL_PROCESSOR_COUNT_H_
#define UNROLL_PARALLEL_PROCESSOR_COUNT_H_

namespace unroll {

/// Processors that this process may really use: at least 1, at most the hardware's, less if it is pinned to some of
/// them or if a container grants it less time. Threads past that number would only wait for each other.
int AvailableProcessors();

}  // namespace unroll

#endif  // UNROLL_PARALLEL_PROCESSOR_COUNT_H_
