/** Runs a program with arguments (never a shell) and gives what it prints. */
export type RunTool = (file: string, args: readonly string[]) => Promise<string>;

const timeoutMs = 5000;
const maxBytes = 32 * 1024 * 1024;

/**
 * Runs one of the system's own tools in the C locale, with limits of time and size, and returns its output. Output of a
 * tool that exits with an error counts: lsof exits so when some processes are hidden from this user.
 * @throws the system error if the program is missing, exceeds a limit, or fails without output
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
