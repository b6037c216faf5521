import { ConfigError, loadConfig } from './config.js';
import { start } from './start.js';

// Node 24 comes with the packages; npm scripts run it whatever the machine has. Started by hand with an older one, say so in words.
if (Number(process.versions.node.split('.')[0]) < 22) {
  process.stderr.write(
    `This service needs Node 22 or newer and was started with ${process.version}. Use npm start, which brings its own.\n`,
  );
  process.exit(2);
}

try {
  await start(loadConfig());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
