{
  # Built by scripts/install.mjs, which says by variables which variant it wants.
  'variables': {
    'onednn%': 0,
    'onednn_include%': '',
    'onednn_lib%': '',
    'openmp%': 0,
    'sanitize%': '',
    'addon_name%': 'unroll',
  },
  'targets': [
    {
      'target_name': '<(addon_name)',
      'sources': ['<!@(node scripts/sources.mjs)'],
      'include_dirs': ['native/include', 'native/src'],
      'defines': ['NAPI_VERSION=8', 'UNROLL_ONEDNN=<(onednn)'],
      'cflags_cc!': ['-fno-exceptions', '-std=gnu++20'],
      # Contraction makes a * b + c one rounding where the processor can; math-errno would keep sqrt from being one instruction.
      'cflags_cc': ['-std=gnu++17', '-O3', '-fexceptions', '-ffp-contract=fast', '-fno-math-errno', '-fvisibility=hidden', '-pthread', '-Wall', '-Wextra'],
      # Every symbol is resolved when the addon is loaded: a library that does not fit is then an error that can be caught
      # and told, not the end of the process at the first call.
      # It is never unloaded: its threads wait in its code.
      'ldflags': ['-pthread', '-Wl,-z,now', '-Wl,-z,nodelete'],
      'xcode_settings': {
        'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
        'CLANG_CXX_LANGUAGE_STANDARD': 'gnu++17',
        'GCC_OPTIMIZATION_LEVEL': '3',
        'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
        'MACOSX_DEPLOYMENT_TARGET': '11.0',
        'OTHER_CPLUSPLUSFLAGS': ['-ffp-contract=fast', '-fno-math-errno'],
      },
      'msvs_settings': { 'VCCLCompilerTool': { 'ExceptionHandling': 1 } },
      'conditions': [
        ['onednn==1', { 'libraries': ['-ldnnl'] }],
        ['openmp==1', { 'cflags_cc': ['-fopenmp'], 'ldflags': ['-fopenmp'] }],
        # Node itself has no sanitizer, so the process needs the library preloaded (CONTRIBUTING.md, "Sanitizers").
        ['sanitize!=""', {
          'cflags_cc!': ['-O3'],
          'cflags_cc': ['-O1', '-g', '-fno-omit-frame-pointer', '-fno-sanitize-recover=all', '-fsanitize=<(sanitize)'],
          'ldflags': ['-fsanitize=<(sanitize)'],
        }],
        ['onednn_include!=""', { 'include_dirs': ['<(onednn_include)'] }],
        ['onednn_lib!=""', {
          'ldflags': ['-L<(onednn_lib)', '-Wl,-rpath,<(onednn_lib)'],
          'xcode_settings': { 'OTHER_LDFLAGS': ['-L<(onednn_lib)', '-Wl,-rpath,<(onednn_lib)'] },
        }],
      ],
    },
  ],
}
