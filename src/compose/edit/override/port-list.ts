import type { FileSystem } from '../../files/file-system.ts';
import type { ComposeProject, ComposePublish } from '../../project.ts';
import { createPortWriter } from './port-lines.ts';

/** Writes whole lists of ports. */
export interface PortLists {
  /** The items of the list of a service, as lines. */
  linesOf(service: string, ports: readonly ComposePublish[]): readonly string[];
}

/** Writes the ports of a project's services; one whose variable is not set stays as it is, so that it may be set later. */
export function createPortLists(project: ComposeProject, fileSystem: FileSystem): PortLists {
  const writer = createPortWriter(fileSystem);
  return {
    linesOf(name, ports) {
      const service = project.services.find((one) => one.name === name);
      const blanks = new Set(service?.unknownPorts.flatMap(({ blank }) => blank));
      const items = ports.map((publish) => {
        const isOpen = blanks.has(publish) && publish.entry.syntax === 'short';
        return isOpen ? [`- ${JSON.stringify(publish.entry.text)}`] : writer.linesOf(publish);
      });
      return [...new Set(items.map((item) => item.join('\n')))].flatMap((item) => item.split('\n'));
    },
  };
}
