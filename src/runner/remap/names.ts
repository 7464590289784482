/** On a container that stands in for another one: the id of that one. */
export const remapLabel = 'portplan.remap';

/** On an image with the files of a container: the id of the container. */
export const filesLabel = 'portplan.files';

/** On both: the image that the container was first made from. */
export const firstImageLabel = 'portplan.image';

/** The repository of the images that hold the files of containers. */
export const filesRepository = 'portplan-remap';

/** What the old container is called while the new one is made: `web-portplan-old-1f3a`. */
export function backupName(name: string, token: string): string {
  return `${name}${backupMark}${token}`;
}

/** What the new container is called until it gets the name: `web-portplan-new-1f3a`. */
export function temporaryName(name: string, token: string): string {
  return `${name}-portplan-new-${token}`;
}

/** Whether a container is called as by {@link temporaryName}. */
export function isTemporaryName(name: string): boolean {
  return /-portplan-new-[0-9a-f]+$/.test(name);
}

const backupMark = '-portplan-old-';

/** The name that a container had before {@link backupName}, if it is one of these. */
export function originalName(name: string): string | undefined {
  const [, before] = /^(.+)-portplan-old-[0-9a-f]+$/.exec(name) ?? [];
  return before;
}

/** The name of a container without the slash that engines put before it. */
export function stripLeadingSlash(name: string): string {
  return name.replace(/^\//, '');
}
