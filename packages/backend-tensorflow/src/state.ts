/** Why TensorFlow cannot compute here; each has its own way out, which `hint` tells. */
export type MissingCause =
  /** neither package is there */
  | 'not-installed'
  /** a package without its native part: nobody built it */
  | 'no-binding'
  /** the native part needs a file of TensorFlow that is wrong or gone */
  | 'no-libtensorflow'
  /** it needs a library of CUDA */
  | 'no-cuda'
  /** it was built for a TensorFlow that has other functions */
  | 'other-tensorflow'
  /** it needs another library of the system, or was built for another machine */
  | 'does-not-load'
  /** the JavaScript of the package throws */
  | 'broken';

/** Whether TensorFlow can compute here, and if not why and what to do. */
export type TensorFlowEngineState =
  | {
      status: 'ready';
      /** `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node` */
      package: string;
      /** of TensorFlow: `2.21.0` */
      version: string;
      /** whether TensorFlow computes on one */
      gpu: boolean;
      /** file of the native part */
      binding: string;
      /** file of TensorFlow's library that it uses, with links followed */
      library: string;
    }
  | {
      status: 'missing';
      cause: MissingCause;
      /** one line */
      reason: string;
      /** what to type */
      hint: string;
    };

export type Missing = Extract<TensorFlowEngineState, { status: 'missing' }>;
