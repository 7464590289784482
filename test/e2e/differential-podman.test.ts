import { describeDifferential } from './differential/describe-differential.ts';

describeDifferential('podman');
