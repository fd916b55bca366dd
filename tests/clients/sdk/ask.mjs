// Calls by the AWS SDK for JavaScript: an array of them on stdin, an array of what came of them on stdout, in order.
//
// A call is {service, operation, input, credentials}. Credentials are keys, nothing, or {provider, options}: a function of
// @aws-sdk/credential-providers. What is in `clientConfig` or `masterCredentials` there is handed on as it is. A text "$n.A.B"
// in input or credentials is member A.B of what call n answered. LOCUM_CLOCK puts the program's clock off by so many minutes.
// LOCUM_NPM_CLIENTS names the directory that holds node_modules.

import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const wrong = Number(process.env.LOCUM_CLOCK ?? 0) * 60_000;
if (wrong) {
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...parts) {
      parts.length ? super(...parts) : super(Right.now() + wrong);
    }
    static now() {
      return Right.now() + wrong;
    }
  };
}

const require = createRequire(process.env.LOCUM_NPM_CLIENTS + '/');
const providers = require('@aws-sdk/credential-providers');
const sdk = {
  sts: require('@aws-sdk/client-sts').STS,
  iam: require('@aws-sdk/client-iam').IAM,
  organizations: require('@aws-sdk/client-organizations').Organizations,
};

const told = [];

// What a text "$n.A.B" stands for, in whatever holds it.
function resolved(value) {
  if (Array.isArray(value)) return value.map(resolved);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner)]));
  const [, call, path] = /^\$(\d+)\.(.+)$/.exec(value) ?? [];
  return call === undefined ? value : path.split('.').reduce((inner, name) => inner[name], told[call].answer);
}

const clients = new Map();

// One client for calls in the same name, as programs have: it keeps its connection and what it learnt about clocks.
function client(service, credentials) {
  const key = JSON.stringify([service, credentials]);
  if (!clients.has(key)) {
    const made = credentials?.provider ? providers[credentials.provider](credentials.options) : credentials;
    clients.set(key, new sdk[service]({ credentials: made }));
  }
  return clients.get(key);
}

for (const { service, operation, input, credentials } of JSON.parse(await text(process.stdin))) {
  const name = operation[0].toLowerCase() + operation.slice(1);
  try {
    const { $metadata, ...answer } = await client(service, resolved(credentials))[name](resolved(input ?? {}));
    told.push({ answer, attempts: $metadata.attempts, request: $metadata.requestId });
  } catch (error) {
    const { httpStatusCode: status, requestId: request, attempts } = error.$metadata ?? {};
    told.push({ code: error.name, class: error.constructor.name, message: error.message, status, request, attempts });
  }
}
process.stdout.write(JSON.stringify(told));
