// Verifies a JWT against a JWKS with the independent library jose. Arguments: the library's folder, JWKS URL, issuer,
// audience, algorithm; the token comes on standard input. Prints the claims, or fails.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [jose, jwks, issuer, audience, algorithm] = process.argv.slice(2);
const { createRemoteJWKSet, jwtVerify } = await import(pathToFileURL(`${jose}/dist/webapi/index.js`).href);
const token = readFileSync(0, 'utf8').trim();
const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks)), { issuer, audience, algorithms: [algorithm] });
console.log(JSON.stringify(payload));
