// A SAML identity provider over npm's samlp: one JSON object of options a line in, one base64 response a line out.
//
// LOCUM_NPM names the directory that holds node_modules.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(process.env.LOCUM_NPM + '/');
const { getSamlResponse } = require('samlp');

function profile({ name_id, name_id_format, attributes }) {
  return {
    getClaims: () => attributes,
    getNameIdentifier: () => ({ nameIdentifier: name_id, nameIdentifierFormat: name_id_format }),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { user, ...options } = JSON.parse(line);
  const answer = await new Promise((resolve) => {
    getSamlResponse({ ...options, profileMapper: profile }, user, (error, response) =>
      resolve(error ? { error: String(error) } : { response: Buffer.from(response).toString('base64') }),
    );
  });
  process.stdout.write(JSON.stringify(answer) + '\n');
}
