import type { Remedy } from '../model/findings/conflict.ts';
import type {
  Binding,
  ContainerHolder,
  LeaseHolder,
  ProcessHolder,
} from '../model/host/binding.ts';
import { safeText, shellQuote } from '../model/text/safe-text.ts';

/** Names that can stand in a command without being taken for a flag. */
const stripLeadingSlash = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * What frees a binding safely. `engine` is the command that talks to the engine that was asked: `docker`, `podman`,
 * or `docker --context X`.
 */
export function remedyFor(binding: Binding, engine = 'docker'): Remedy {
  const { holder } = binding;
  switch (holder.kind) {
    case 'container':
      return containerRemedy(holder, binding, engine);
    case 'service':
      return {
        text: `stop publishing the port of service ${holder.name}`,
        ...(stripLeadingSlash.test(holder.name) && {
          command: serviceCommand(holder.name, holder.target, engine),
        }),
      };
    case 'process':
      return processRemedy(holder, binding);
    case 'lease':
      return leaseRemedy(holder, binding);
    case 'reserved':
      return { text: `the port is kept back by ${holder.by}; choose another one` };
    case 'unseen':
      return {
        text: 'no table shows who holds it (a socket that is bound and does not listen, or one of another user or namespace); as root this may tell more',
        command: lookupCommand(binding),
      };
    default:
      return holder satisfies never;
  }
}

function containerRemedy(holder: ContainerHolder, binding: Binding, engine: string): Remedy {
  const { name, id, project, service } = holder;
  if (binding.state === 'stopped') return stoppedRemedy(holder, engine);
  if (holder.engine !== undefined)
    return { text: `stop the container with its own engine (${holder.engine})` };
  if (
    project !== undefined &&
    service !== undefined &&
    stripLeadingSlash.test(project) &&
    stripLeadingSlash.test(service)
  ) {
    return {
      text: `stop service ${service} of compose project ${project}`,
      command: `${engine} compose -p ${project} stop ${service}`,
    };
  }
  const target = [name, id?.slice(0, 12)].find(
    (text) => text !== undefined && stripLeadingSlash.test(text),
  );
  if (target === undefined) return { text: 'stop the container with the engine that runs it' };
  return { text: 'stop the container', command: `${engine} stop ${target}` };
}

function stoppedRemedy({ name, id }: ContainerHolder, engine: string): Remedy {
  const target = [name, id?.slice(0, 12)].find(
    (text) => text !== undefined && stripLeadingSlash.test(text),
  );
  return {
    text: 'it takes the port when the engine starts again; keep it from coming back',
    ...(target !== undefined && { command: `${engine} update --restart no ${target}` }),
  };
}

function serviceCommand(name: string, target: number | undefined, engine: string): string {
  return target === undefined
    ? `${engine} service inspect ${name}`
    : `${engine} service update --publish-rm ${target} ${name}`;
}

function processRemedy(holder: ProcessHolder, binding: Binding): Remedy {
  if (binding.state === 'time-wait')
    return {
      text: 'a closed connection keeps it for up to 60 seconds; wait, or choose another port',
    };
  if (binding.state === 'connected') {
    return {
      text: 'an outgoing connection uses it and gives it back when it ends; choose a port outside the ephemeral range',
    };
  }
  if (holder.pid === undefined) {
    return {
      text: 'its process was not found: it is of another user, or the search took too long; as root this names it',
      command: lookupCommand(binding),
    };
  }
  const unit =
    holder.unit !== undefined && /^[A-Za-z0-9@:_.\\-]+\.service$/.test(holder.unit)
      ? holder.unit
      : undefined;
  if (unit !== undefined && !unit.startsWith('user@'))
    return { text: `stop its service`, command: `systemctl stop ${shellQuote(unit)}` };
  return { text: `end the process, if it is not needed`, command: `kill ${holder.pid}` };
}

function leaseRemedy({ project, directory }: LeaseHolder, { port, protocol }: Binding): Remedy {
  const words = [`--project-directory=${directory}`, `--project-name=${project}`];
  const command = `portplan lease release ${port}/${protocol} ${words.map(shellQuote).join(' ')}`;
  return {
    text: 'it is remembered for a project; give it back, if that does not need it any more',
    ...(safeText(command) === command && { command }),
  };
}

function lookupCommand({ port, protocol }: Binding): string {
  const flag = protocol === 'udp' ? 'u' : protocol === 'sctp' ? 'S' : 't';
  return `sudo ss -${flag}anp 'sport = :${port}'`;
}
