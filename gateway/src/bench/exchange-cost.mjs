// What one warm exchange costs in CPU time, on a running quickstart:
//   node gateway/src/bench/exchange-cost.mjs [exchanges=2000] [connections=4] [warm-up=4000]
// Counts the CPU time of the node and of its guest processes (Linux: /proc), not PostgreSQL's and not its own. The
// figure is of this machine; compare figures of one run only.
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [exchanges = 2000, connections = 4, warmUp = 4000] = process.argv.slice(2).map(Number);
const port = Number(process.env.CAMBIO_HTTP_PORT ?? 8080);
const CLOCK_TICKS_PER_SECOND = 100;

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function subjectToken() {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://partner.acme.example', sub: 'bench', email: 'bench@partner.acme.example', iat: now, exp: now + 3600 };
  const input = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
  return `${input}.${createHmac('sha256', 'acme-partner-secret-0123456789abcdef0123456789').update(input).digest('base64url')}`;
}

const body = new URLSearchParams({
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  client_id: 'quickstart-app',
  client_secret: 'quickstart-app-secret-0123456789abcdef',
  audience: 'https://api.acme.example/orders',
  scope: 'read:orders',
  subject_token_type: 'urn:acme:partner-token',
  subject_token: subjectToken(),
}).toString();

const agent = new Agent({ keepAlive: true, maxSockets: connections });

function exchange() {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const call = request({ host: 'localhost', port, path: '/oauth/token', method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`))));
    });
    call.on('error', reject);
    call.end(body);
  });
}

async function run(count) {
  const latencies = [];
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const start = performance.now();
      await exchange();
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return latencies.sort((a, b) => a - b);
}

/** CPU milliseconds of every process whose command line names the class. */
function cpu(className) {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (command[0].endsWith('java') && command.includes(className)) {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
        ticks += Number(fields[11]) + Number(fields[12]);
      }
    } catch {
      // The process has ended meanwhile.
    }
  }
  return (ticks * 1000) / CLOCK_TICKS_PER_SECOND;
}

await run(warmUp);
const node = cpu('dev.cambio.gateway.cli.Cambio');
const guest = cpu('dev.cambio.runtime.guest.GuestMain');
const start = performance.now();
const latencies = await run(exchanges);
const seconds = (performance.now() - start) / 1000;
const perNode = (cpu('dev.cambio.gateway.cli.Cambio') - node) / exchanges;
const perGuest = (cpu('dev.cambio.runtime.guest.GuestMain') - guest) / exchanges;
const percentile = (p) => latencies[Math.floor((latencies.length - 1) * p)].toFixed(1);

console.log(`${exchanges} exchanges over ${connections} connections after ${warmUp} to warm up`);
console.log(`CPU per exchange: ${(perNode + perGuest).toFixed(2)} ms (node ${perNode.toFixed(2)}, guests ${perGuest.toFixed(2)})`);
console.log(`latency: p50 ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms, p99 ${percentile(0.99)} ms; ${(exchanges / seconds).toFixed(0)} exchanges/s`);
agent.destroy();
