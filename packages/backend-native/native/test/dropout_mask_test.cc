#include "unroll/dropout_mask.h"

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// Threefry-2x32-20 by the book, one counter at a time.
void Threefry(const uint32_t (&key)[2], uint32_t counter, uint32_t (&out)[2]) {
  const int rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  const uint32_t k[3] = {key[0], key[1], 0x1bd11bdau ^ key[0] ^ key[1]};
  uint32_t a = counter + k[0], b = k[1];
  for (uint32_t round = 0; round < 20; ++round) {
    a += b;
    b = (b << rotations[round % 8] | b >> (32 - rotations[round % 8])) ^ a;
    if (round % 4 == 3) {
      const uint32_t j = (round + 1) / 4;
      a += k[j % 3];
      b += k[(j + 1) % 3] + j;
    }
  }
  out[0] = a, out[1] = b;
}

void TestAgainstReference(int64_t n, double rate, int64_t offset) {
  const uint32_t key[2] = {0x12345678u, 0x9abcdef0u};
  Guarded mask(n);
  DropoutMask(key[0], key[1], rate, offset, mask.data(), n);
  CHECK(mask.GuardsIntact(), "n %d wrote outside", static_cast<int>(n));
  int64_t wrong = 0;
  for (int64_t i = 0; i < n; ++i) {
    uint32_t words[2];
    Threefry(key, static_cast<uint32_t>((offset + i) / 2), words);
    const double uniform = (words[(offset + i) % 2] >> 8) * 0x1p-24;
    wrong += mask[i] != (uniform >= rate ? static_cast<float>(1 / (1 - rate)) : 0.0f);
  }
  CHECK(wrong == 0, "%d of %d elements differ at rate %g, offset %d on %s, %d threads", static_cast<int>(wrong), static_cast<int>(n), rate,
        static_cast<int>(offset), TargetName(), ThreadCount());
}

}  // namespace

int main() {
  // The known answer of Random123 for key 0 and counter 0.
  uint32_t words[2];
  Threefry({0, 0}, 0, words);
  CHECK(words[0] == 0x6b200159u && words[1] == 0x99ba4efeu, "got %08x %08x", words[0], words[1]);
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      for (int64_t n : {0, 1, 2, 15, 16, 17, 31, 33, 1000, 100003})
        for (double rate : {0.0, 0.1, 0.5, 0.65})
          for (int64_t offset : {0, 1, 34, 1001}) TestAgainstReference(n, rate, offset);
    });
  }
  return Report("dropout_mask_test");
}
