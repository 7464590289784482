import { describeDifferential } from './describe-differential.ts';

describeDifferential('moby-28');
