import { describeFaults } from './describe-faults.ts';
import { scenarios } from './scenarios.ts';

describeFaults('moby-28', Object.values(scenarios));
