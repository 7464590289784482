import type { Remedy } from '../model/findings/conflict.ts';
import type {
  Binding,
  ContainerHolder,
  LeaseHolder,
  ProcessHolder,
} from '../model/host/binding.ts';
import { safeText, shellQuote } from '../model/text/safe-text.ts';

/** Names that a command cannot mistake for a flag. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Returns the safe way to free a binding. `engine` is the command that reaches the engine: `docker`, `podman` or
 * `docker --context X`.
 */
export function remedyFor(binding: Binding, engine = 'docker'): Remedy {
  const { holder } = binding;
  switch (holder.kind) {
    case 'container':
      return containerRemedy(holder, binding, engine);
    case 'service':
      return {
        text: `stop publishing the port of service ${holder.name}`,
        ...(plainName.test(holder.name) && {
          command: serviceCommand(holder.name, holder.target, engine),
        }),
      };
    case 'process':
      return processRemedy(holder, binding);
    case 'lease':
      return leaseRemedy(holder, binding);
    case 'reserved':
      return { text: `the port is reserved by ${holder.by}; choose another port` };
    case 'unseen':
      return {
        text: 'the holder is not listed (a socket that is bound but not listening, or one of another user or namespace); root may see it',
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
    plainName.test(project) &&
    plainName.test(service)
  ) {
    return {
      text: `stop service ${service} of compose project ${project}`,
      command: `${engine} compose -p ${project} stop ${service}`,
    };
  }
  const target = [name, id?.slice(0, 12)].find(
    (text) => text !== undefined && plainName.test(text),
  );
  if (target === undefined) return { text: 'stop the container with the engine that runs it' };
  return { text: 'stop the container', command: `${engine} stop ${target}` };
}

function stoppedRemedy({ name, id }: ContainerHolder, engine: string): Remedy {
  const target = [name, id?.slice(0, 12)].find(
    (text) => text !== undefined && plainName.test(text),
  );
  return {
    text: 'it takes the port when the engine restarts; disable its restart policy',
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
      text: 'a closed connection holds the port for up to 60 seconds; wait, or choose another port',
    };
  if (binding.state === 'connected') {
    return {
      text: 'an outgoing connection holds the port until it ends; choose a port outside the ephemeral range',
    };
  }
  if (holder.pid === undefined) {
    return {
      text: 'process not found: it belongs to another user, or the search timed out; root can identify it',
      command: lookupCommand(binding),
    };
  }
  const unit =
    holder.unit !== undefined && /^[A-Za-z0-9@:_.\\-]+\.service$/.test(holder.unit)
      ? holder.unit
      : undefined;
  if (unit !== undefined && !unit.startsWith('user@'))
    return { text: 'stop its service', command: `systemctl stop ${shellQuote(unit)}` };
  return { text: 'end the process if it is not needed', command: `kill ${holder.pid}` };
}

function leaseRemedy({ project, directory }: LeaseHolder, { port, protocol }: Binding): Remedy {
  const words = [`--project-directory=${directory}`, `--project-name=${project}`];
  const command = `portplan lease release ${port}/${protocol} ${words.map(shellQuote).join(' ')}`;
  return {
    text: 'the port is leased to a project; release it if the project does not need it any more',
    ...(safeText(command) === command && { command }),
  };
}

function lookupCommand({ port, protocol }: Binding): string {
  const flag = protocol === 'udp' ? 'u' : protocol === 'sctp' ? 'S' : 't';
  return `sudo ss -${flag}anp 'sport = :${port}'`;
}
