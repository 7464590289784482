/**
 * Returns docker's exit code for a container whose program could not start: 127 when it does not exist, 126 when it is
 * not executable (docker/cli: cli/command/container/run.go, toStatusError).
 */
export function startExitCode(message: string): 126 | 127 | undefined {
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/i.test(
      message,
    )
  )
    return 127;
  return /permission denied|is a directory/i.test(message) &&
    !/bind: permission denied|privileged port/i.test(message)
    ? 126
    : undefined;
}
