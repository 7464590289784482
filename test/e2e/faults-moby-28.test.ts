import { describeFaults } from './faults/describe-faults.ts';
import { scenarios } from './faults/scenarios.ts';

describeFaults('moby-28', Object.values(scenarios));
