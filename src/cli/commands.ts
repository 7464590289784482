import { checkCommand } from '../commands/check/cli.ts';
import { explainCommand } from '../commands/explain/cli.ts';
import { imagesCommand } from '../commands/images/cli.ts';
import { leaseCommand } from '../commands/lease/cli.ts';
import { planCommand } from '../commands/plan/cli.ts';
import { portCommand, urlCommand } from '../commands/port/cli.ts';
import { psCommand } from '../commands/ps/cli.ts';
import { startCommand } from '../commands/start/cli.ts';
import { stopCommand } from '../commands/stop/cli.ts';
import { upCommand } from '../commands/up/cli.ts';
import type { Command } from '../terminal/command.ts';

/** The commands whose flags yargs reads, in the order of the help. `run` reads its own, as docker does. */
export const commands: readonly Command[] = [
  checkCommand,
  psCommand,
  planCommand,
  imagesCommand,
  upCommand,
  portCommand,
  urlCommand,
  explainCommand,
  startCommand,
  stopCommand,
  leaseCommand,
];
