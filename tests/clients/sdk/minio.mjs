// The AssumeRole provider of npm's minio: its options as JSON on stdin, the credentials it finds or its error on stdout.
//
// LOCUM_NPM_CLIENTS names the directory that holds node_modules.

import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(process.env.LOCUM_NPM_CLIENTS + '/');
const { AssumeRoleProvider } = require('minio/dist/main/AssumeRoleProvider.js');

try {
  const { accessKey, secretKey, sessionToken } = await new AssumeRoleProvider(JSON.parse(await text(process.stdin))).getCredentials();
  process.stdout.write(JSON.stringify({ accessKey, secretKey, sessionToken }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.message }));
}
