// An OpenID Connect provider on loopback for tests: node provider.mjs AUDIENCE [REDIRECT_URI ...]
// It prints its address once it listens. Whoever is named in `login_hint` is signed in and has consented.
import crypto from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.PROVIDER_HOME}/package.json`);
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const [audience, ...redirects] = process.argv.slice(2);
const SCOPES = 'read write';
const ACCOUNTS = {
  ada: { roles: ['admin'], tenant_id: 'acme' },
  ben: { roles: ['member'], tenant_id: 'acme' },
  eve: { roles: ['member'], tenant_id: 'other' },
  adas_twin: { email: 'ada@example.test', email_verified: false },
};

function signingKey(kid) {
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

function account(_, id) {
  const said = ACCOUNTS[id];
  return said && { accountId: id, claims: () => ({ sub: id, email: `${id}@example.test`, email_verified: true, ...said }) };
}

function configuration() {
  return {
    jwks: { keys: [signingKey('first')] },
    cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
    clients: [
      {
        client_id: 'worker',
        client_secret: process.env.PROVIDER_SECRET,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
      {
        client_id: 'web',
        client_secret: process.env.PROVIDER_SECRET,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: redirects,
      },
      {
        client_id: 'single-page',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: redirects,
      },
    ],
    scopes: ['openid', 'email', ...SCOPES.split(' ')],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['roles', 'tenant_id'] },
    conformIdTokenClaims: false,
    findAccount: account,
    extraTokenClaims: (_, token) => ACCOUNTS[token.accountId],
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPES,
          audience,
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

async function consent(provider, details) {
  const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  grant.addResourceScope(audience, SCOPES);
  return { consent: { grantId: await grant.save() } };
}

function signsInAtOnce(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    const login = { login: { accountId: details.params.login_hint } };
    const result = details.prompt.name === 'login' ? login : await consent(provider, details);
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  };
}

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(address, configuration());
  provider.use(signsInAtOnce(provider));
  server.on('request', provider.callback());
  console.log(address);
});
