/** Ends the output of a run with one line for programs: `N passed, N failed, N skipped`. */
module.exports = class TallyReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`;
    // jest's own summary and the global teardown come after this call
    process.once('exit', () => process.stdout.write(line));
  }
};
