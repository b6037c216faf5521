// Jest runs this once per invocation, outside its own module system: the hook below lets Node find `x.ts` where the code says `./x.js`.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!specifier.startsWith('.') || !specifier.endsWith('.js')) throw error;
      return next(`${specifier.slice(0, -'.js'.length)}.ts`, context);
    }
  },
});

export default async function setup(): Promise<void> {
  const { startTestServer } = await import('./database-server.js');
  await startTestServer();
}
