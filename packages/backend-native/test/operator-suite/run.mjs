// node run.mjs JASMINE SUITE OUTPUT: runs the bundled specs and writes { passed, pending, failed: [{ name, message }] }.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [jasminePath, suitePath, outputPath] = process.argv.slice(2);
const { default: Jasmine } = await import(pathToFileURL(jasminePath).href);

const results = { passed: 0, pending: 0, failed: [], runs: {} };
const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.loadConfig({ random: false, helpers: [], spec_files: [suitePath] });
runner.clearReporters();
runner.addReporter({
  specDone: ({ fullName, status, failedExpectations }) => {
    if (status === 'passed') results.passed++;
    else if (status === 'failed')
      results.failed.push({ name: fullName, message: failedExpectations[0]?.message ?? '' });
    else results.pending++;
  },
});
await runner.execute();
results.runs = globalThis.unrollKernelRuns?.() ?? {};
writeFileSync(outputPath, JSON.stringify(results));
