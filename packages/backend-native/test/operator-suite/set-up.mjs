// Loaded before tfjs-core's specs: gradients, methods on tensors, the backends, and which of them is tested.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-backend-cpu';
import { kernelRuns } from '@unroll/backend-native';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';

const backendName = process.env.UNROLL_SUITE_BACKEND ?? 'native';
setTestEnvs([{ name: backendName, backendName, flags: {}, isDataSync: true }]);

// For the runner, which is outside of the bundle.
Object.assign(globalThis, { unrollKernelRuns: kernelRuns });
