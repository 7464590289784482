/** Label of a container that replaces another one: the id of the replaced container. */
export const remapLabel = 'portplan.remap';

/** Label of an image with the files of a container: the id of the container. */
export const filesLabel = 'portplan.files';

/** Label of both: the image that the container was first created from. */
export const firstImageLabel = 'portplan.image';

/** Repository of the images with the files of containers. */
export const filesRepository = 'portplan-remap';

/** Name of the old container while the new one is created: `web-portplan-old-1f3a`. */
export function backupName(name: string, token: string): string {
  return `${name}-portplan-old-${token}`;
}

/** Name of the new container until it gets the old one's: `web-portplan-new-1f3a`. */
export function temporaryName(name: string, token: string): string {
  return `${name}-portplan-new-${token}`;
}

/** Whether the name comes from {@link temporaryName}. */
export function isTemporaryName(name: string): boolean {
  return /-portplan-new-[0-9a-f]+$/.test(name);
}

/** Returns the name before {@link backupName}; `undefined` for other names. */
export function originalName(name: string): string | undefined {
  const [, before] = /^(.+)-portplan-old-[0-9a-f]+$/.exec(name) ?? [];
  return before;
}

/** Returns the name of a container without the leading slash that engines add. */
export function stripLeadingSlash(name: string): string {
  return name.replace(/^\//, '');
}
