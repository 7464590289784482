/** Runs a program with arguments (never a shell) and gives what it prints. */
export type RunTool = (file: string, args: readonly string[]) => Promise<string>;

const timeoutMs = 5000;
const maxBytes = 32 * 1024 * 1024;

/**
 * Runs one of the system's own tools in the C locale, bounded in time and size. A tool that ends with an error but has
 * printed something is taken at its word: lsof does so when it may not see everything.
 * @throws the error of the system if the program is missing, is too slow, or fails and prints nothing.
 */
export const runTool: RunTool = async (file, args) => {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      {
        encoding: 'utf8',
        timeout: timeoutMs,
        maxBuffer: maxBytes,
        windowsHide: true,
        env: { ...process.env, LC_ALL: 'C' },
      },
      (error, output) => {
        const failed = error !== null && (output === '' || error.killed === true);
        if (failed) reject(error);
        else resolve(output);
      },
    );
  });
};
