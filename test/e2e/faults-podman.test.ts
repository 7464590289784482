import { describeFaults } from './faults/describe-faults.ts';
import { scenarios } from './faults/scenarios.ts';

describeFaults('podman', [scenarios.runDetached, scenarios.runAttached]);
