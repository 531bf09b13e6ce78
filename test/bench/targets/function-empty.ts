/** What starts when nothing is loaded: Node itself. */
export const handler = async () => 0;

void handler().then(() => process.stdout.write('{}'));
