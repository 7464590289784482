import { describeDifferential } from './differential/describe-differential.ts';

describeDifferential('moby-20');
