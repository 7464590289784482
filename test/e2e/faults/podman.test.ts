import { describeFaults } from './describe-faults.ts';
import { scenarios } from './scenarios.ts';

describeFaults('podman', [scenarios.runDetached, scenarios.runAttached]);
