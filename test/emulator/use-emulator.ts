import { enterEnvironmentOf, runningEmulator } from './running-emulator.ts';

enterEnvironmentOf(runningEmulator());
