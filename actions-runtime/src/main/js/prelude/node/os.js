// require('os'): a machine of which nothing is told.
const zero = () => 0

export const os = {
  EOL: '\n',
  arch: () => 'x64',
  availableParallelism: () => 1,
  constants: { errno: {}, signals: {} },
  cpus: () => [],
  devNull: '/dev/null',
  endianness: () => 'LE',
  freemem: zero,
  homedir: () => '/',
  hostname: () => 'localhost',
  loadavg: () => [0, 0, 0],
  machine: () => 'x86_64',
  networkInterfaces: () => ({}),
  platform: () => 'linux',
  release: () => '0.0.0',
  tmpdir: () => '/tmp',
  totalmem: zero,
  type: () => 'Linux',
  uptime: zero,
  userInfo: () => ({ uid: 0, gid: 0, username: '', homedir: '/', shell: null }),
  version: () => '',
}
