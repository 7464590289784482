/** The first release of Compose whose files may say `!override`. */
export const firstWithOverrideTag = '2.24.4';

/** Whether a release of Compose (`v2.40.3`, `2.24.4-desktop.1`) knows the tag `!override`. */
export function knowsOverrideTag(version: string): boolean {
  const [, ...numbers] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim()) ?? [];
  if (numbers.length === 0) return false;
  const [major = 0, minor = 0, patch = 0] = numbers.map((text) => Number(text ?? 0));
  const [firstMajor = 0, firstMinor = 0, firstPatch = 0] = firstWithOverrideTag
    .split('.')
    .map(Number);
  if (major !== firstMajor) return major > firstMajor;
  return minor === firstMinor ? patch >= firstPatch : minor > firstMinor;
}
