import { describeDifferential } from './describe-differential.ts';

describeDifferential('podman');
