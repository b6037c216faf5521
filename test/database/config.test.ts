import { describe, expect, test } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/config.js';

const both = { DATABASE_URL: 'postgres://app:secret@db/rems', DATABASE_OWNER_URL: 'postgres://owner:secret@db/rems' };

describe('the configuration', () => {
  test('needs nothing: a bare environment is the demo on an embedded database', () => {
    expect(loadConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      databaseOwnerUrl: null,
      oidcIssuer: null,
      demo: true,
    });
    expect(loadConfig({}).dataDir).toMatch(/\.data$/);
    expect(loadConfig({}).signingKeyFile.startsWith(loadConfig({}).dataDir)).toBe(true);
  });

  test('is no demo as soon as an issuer is named', () => {
    expect(loadConfig({ OIDC_ISSUER: 'https://login.example.org/' })).toMatchObject({
      demo: false,
      oidcIssuer: 'https://login.example.org/',
      oidcAudience: 'rems',
    });
  });

  test('takes an empty variable for an unset one', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ', OIDC_ISSUER: '' })).toEqual(loadConfig({}));
  });

  test('may name the service role alone, so that a replica never holds the owner password', () => {
    expect(loadConfig({ DATABASE_URL: both.DATABASE_URL })).toMatchObject({ databaseUrl: both.DATABASE_URL, databaseOwnerUrl: null });
    expect(loadConfig(both)).toMatchObject({ databaseUrl: both.DATABASE_URL, databaseOwnerUrl: both.DATABASE_OWNER_URL });
  });

  test.each([
    [{ PORT: '80a' }, 'PORT must be a whole number from 0 to 65535, not "80a".'],
    [{ PORT: '-1' }, 'PORT must be a whole number'],
    [{ REMS_POOL_WAIT_MS: '201' }, 'REMS_POOL_WAIT_MS must be a whole number from 1 to 200'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn'],
    [{ OIDC_ISSUER: 'login.example.org' }, 'OIDC_ISSUER must be a URL that begins with https:// or http://'],
    [{ DATABASE_OWNER_URL: both.DATABASE_OWNER_URL }, 'DATABASE_URL is not'],
    [{ REMS_TRUSTED_PROXIES: '10.0.0.1, proxy.example.org' }, 'REMS_TRUSTED_PROXIES must be addresses or ranges'],
    [{ REMS_TRUSTED_PROXIES: '0.0.0.0/0' }, 'not "0.0.0.0/0"'],
    [{ REMS_TRUSTED_PROXIES: '10.0.0.0/33' }, 'not "10.0.0.0/33"'],
  ])('names the variable that cannot be used: %j', (env, words) => {
    expect(() => loadConfig(env)).toThrow(ConfigError);
    expect(() => loadConfig(env)).toThrow(words);
  });

  test('believes no proxy unless it is named', () => {
    expect(loadConfig({}).trustedProxies).toEqual([]);
    expect(loadConfig({ REMS_TRUSTED_PROXIES: '10.1.0.0/16, fd00::7,' }).trustedProxies).toEqual(['10.1.0.0/16', 'fd00::7']);
  });

  test('never repeats a password, even of a URL it cannot read', () => {
    const unreadable = () => loadConfig({ ...both, DATABASE_URL: 'mysql://app:secret@db/rems' });
    expect(unreadable).toThrow('DATABASE_URL must be a URL that begins with postgres:// or postgresql://.');
    expect(unreadable).not.toThrow(/secret/);
  });
});
