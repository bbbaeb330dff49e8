// require('url'): the legacy polyfill, with the standard classes beside it.
const legacy = require('url/')

function fileURLToPath(input) {
  const file = input instanceof globalThis.URL ? input : new globalThis.URL(`${input}`)
  if (file.protocol !== 'file:') {
    throw Object.assign(new TypeError('The URL must be of scheme file'), { code: 'ERR_INVALID_URL_SCHEME' })
  }
  return decodeURIComponent(file.pathname)
}

export const url = {
  ...legacy,
  URL: globalThis.URL,
  URLSearchParams: globalThis.URLSearchParams,
  domainToASCII: (domain) => require('punycode/punycode.js').toASCII(domain),
  domainToUnicode: (domain) => require('punycode/punycode.js').toUnicode(domain),
  fileURLToPath,
  // The legacy formatter knows nothing of the standard class.
  format: (value, options) => (value instanceof globalThis.URL ? value.href : legacy.format(value, options)),
  pathToFileURL: (path) => new globalThis.URL(`file://${path}`),
  urlToHttpOptions: ({ protocol, hostname, port, pathname, search, hash, href, username, password }) => ({
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === '' && password === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
    path: pathname + search,
    pathname,
    search,
    hash,
    href,
  }),
}
