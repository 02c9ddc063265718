// Compiled into tfjs-node's binding. A signal that interrupts one of TensorFlow's small matrix products on AVX-512 damages the heap
// (seen with 2.21, also from Python), so Ctrl-C could end a training before it is saved. Hence the thread that loads the binding, and
// with it every thread that TensorFlow starts, takes no signals: Node's own idle threads take them, and its event loop hears of
// them as ever. Those of the program's own faults stay. Processes that Node starts begin without any blocked.
#ifndef _WIN32
#include <pthread.h>
#include <signal.h>

namespace {
const bool unroll_signals_are_blocked = [] {
  sigset_t signals;
  sigfillset(&signals);
  for (int fault : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP}) sigdelset(&signals, fault);
  return pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0;
}();
}  // namespace
#endif
