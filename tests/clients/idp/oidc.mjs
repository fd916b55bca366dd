// An OpenID provider over npm's oidc-provider, listening on the socket that it inherits as LOCUM_SOCKET.
//
// Its configuration is the first line on stdin: {issuer, clients, jwks}. Beside the usual flows it has one grant of its
// own, by which a client gets an ID token with the claims that it names: a test chooses them, the library signs them.
// LOCUM_NPM names the directory that holds node_modules.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.env.LOCUM_NPM + '/');
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const lines = createInterface({ input: process.stdin });
const { issuer, clients, jwks } = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);

const provider = new Provider(issuer, {
  clients,
  jwks,
  // AWS asks that `claims_supported` names aud, iat and iss; by itself the library names only the last.
  claims: { openid: ['sub', 'email', 'amr', 'aud', 'iat'] },
  conformIdTokenClaims: false,
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  cookies: { keys: ['a test needs no secret here'] },
});

provider.registerGrantType(
  'urn:locum:claims',
  async (ctx) => {
    const token = new provider.IdToken({}, { ctx });
    for (const [name, value] of Object.entries(JSON.parse(ctx.oidc.params.claims))) token.set(name, value);
    ctx.body = { id_token: await token.issue({ use: 'idtoken' }) };
  },
  ['claims'],
);

const server = createServer((request, response) => provider.callback()(request, response));
server.listen({ fd: Number(process.env.LOCUM_SOCKET) }, () => process.stdout.write('ready\n'));
lines.on('close', () => process.exit(0));
