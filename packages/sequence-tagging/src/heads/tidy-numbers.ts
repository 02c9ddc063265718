import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` of what is read out of tensors. tfjs would look for tensors in all that comes back, at every single number of an array. */
export function tidyNumbers<Result>(compute: () => Result): Result {
  let result: { readonly value: Result } | undefined;
  tf.tidy(() => {
    result = { value: compute() };
  });
  return result!.value;
}
