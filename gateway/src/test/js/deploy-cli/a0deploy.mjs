// Runs the deploy CLI as a user would, in a process of its own.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { credentials } from '../harness/tenant.mjs';

const CLI = fileURLToPath(new URL('../node_modules/auth0-deploy-cli/lib/index.js', import.meta.url));

const INCLUDED = [
  'tenant',
  'clients',
  'clientGrants',
  'resourceServers',
  'actions',
  'triggers',
  'tokenExchangeProfiles',
  'databases',
  'connections',
  'roles',
  'organizations',
  'attackProtection',
];

/** How the CLI ended: its exit code and all that it said. */
export function a0deploy(args, more = {}) {
  const { domain, clientId, clientSecret } = more.as ?? credentials.everything;
  const { PATH, HOME, NODE_EXTRA_CA_CERTS } = process.env;
  const env = {
    PATH,
    HOME,
    NODE_EXTRA_CA_CERTS,
    AUTH0_DOMAIN: domain,
    AUTH0_CLIENT_ID: clientId,
    AUTH0_CLIENT_SECRET: clientSecret,
    AUTH0_INCLUDED_ONLY: JSON.stringify(INCLUDED),
    ...more.env,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
    });
  });
}
