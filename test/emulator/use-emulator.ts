import { environmentOf, runningEmulator } from './running-emulator.ts';

// Before any client is made: whatever the shell says, nothing goes to AWS.
Object.assign(process.env, environmentOf(runningEmulator()));
delete process.env.AWS_PROFILE;
