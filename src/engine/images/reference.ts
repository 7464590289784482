import { PortplanError } from '../../errors.ts';

/** A reference to an image: a name, or the ID of a local image. */
export type ImageReference = ImageName | ImageId;

export interface ImageName {
  readonly kind: 'name';
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`, … */
  readonly registry: string;
  /** `library/nginx`, `owner/image`, … */
  readonly repository: string;
  /** `latest` when neither tag nor digest was given. */
  readonly tag?: string | undefined;
  /** `sha256:…`; it wins over the tag. */
  readonly digest?: string | undefined;
  /** As docker prints it: `nginx:1.25`, `ghcr.io/owner/image@sha256:…`. */
  readonly familiar: string;
  /** The key of the registry's credentials in docker's configuration. */
  readonly authKey: string;
}

export interface ImageId {
  readonly kind: 'id';
  /** `sha256:…` */
  readonly id: string;
}

const dockerHub = 'docker.io';
const legacyDockerHub = 'index.docker.io';
const dockerHubAuthKey = 'https://index.docker.io/v1/';
const maxRepositoryLength = 255;

// The grammar of distribution/reference: regexp.go.
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const registryPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::\\d+)?$`);
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/**
 * Parses an image reference as docker does: `nginx` is `docker.io/library/nginx:latest`, and a first part with a dot,
 * a colon or a capital, or `localhost`, is a registry (distribution/reference: normalize.go). A short ID looks like
 * a name and is returned as one; the engine accepts both.
 * @throws PortplanError `invalid-input`
 */
export function parseImageReference(text: string): ImageReference {
  const id = /^(?:sha256:)?([a-f0-9]{64})$/.exec(text)?.[1];
  if (id !== undefined) return { kind: 'id', id: `sha256:${id}` };
  if (text === '') throw invalidReference(text, 'it is empty');
  const { name, tag, digest } = splitName(text);
  const { registry, repository } = splitRegistry(name);
  checkParts(text, { registry, repository, tag, digest });
  const chosenTag = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    kind: 'name',
    registry,
    repository,
    tag: chosenTag,
    digest,
    familiar: toFamiliar(registry, repository, chosenTag, digest),
    authKey: registry === dockerHub ? dockerHubAuthKey : registry,
  };
}

function splitName(text: string) {
  const at = text.indexOf('@');
  const [tagged, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  // A colon before the last slash belongs to the registry's port.
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  if (colon < 0) return { name: tagged, digest };
  return { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), digest };
}

function splitRegistry(name: string) {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (!isRegistry(first)) return { registry: dockerHub, repository: inLibrary(name) };
  const rest = name.slice(slash + 1);
  if (first !== dockerHub && first !== legacyDockerHub)
    return { registry: first, repository: rest };
  return { registry: dockerHub, repository: inLibrary(rest) };
}

function isRegistry(first: string): boolean {
  return first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
}

function inLibrary(repository: string): string {
  return repository.includes('/') ? repository : `library/${repository}`;
}

type Parts = Pick<ImageName, 'registry' | 'repository' | 'tag' | 'digest'>;

function checkParts(text: string, { registry, repository, tag, digest }: Parts) {
  if (!registryPattern.test(registry))
    throw invalidReference(text, `"${registry}" is not a registry`);
  const path = repository.replace(/^library\//, '');
  if (repository !== repository.toLowerCase()) {
    throw invalidReference(
      text,
      `the repository "${path}" has uppercase letters`,
      `write ${path.toLowerCase()}`,
    );
  }
  if (!repositoryPattern.test(repository))
    throw invalidReference(text, `"${path}" is not a repository`);
  if (repository.length > maxRepositoryLength) {
    throw invalidReference(text, `its repository is longer than ${maxRepositoryLength} characters`);
  }
  if (tag !== undefined && !tagPattern.test(tag))
    throw invalidReference(text, `"${tag}" is not a tag`);
  if (digest !== undefined && !digestPattern.test(digest)) {
    throw invalidReference(text, `"${digest}" is not a digest`);
  }
}

function toFamiliar(registry: string, repository: string, tag?: string, digest?: string): string {
  const short = /^library\/([^/]+)$/.exec(repository)?.[1] ?? repository;
  const name = registry === dockerHub ? short : `${registry}/${repository}`;
  return [name, tag && `:${tag}`, digest && `@${digest}`].join('');
}

function invalidReference(
  text: string,
  reason: string,
  hint = 'expected [REGISTRY/]REPOSITORY[:TAG][@DIGEST], such as nginx:1.25',
) {
  return new PortplanError('invalid-input', `invalid image reference "${text}": ${reason}`, {
    hint,
  });
}
