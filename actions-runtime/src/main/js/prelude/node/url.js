// require('url'): the legacy polyfill, with the standard classes beside it.
const legacy = require('url/')

function fileURLToPath() {
  throw new TypeError('There are no files')
}

export const url = {
  ...legacy,
  URL: globalThis.URL,
  URLSearchParams: globalThis.URLSearchParams,
  domainToASCII: (domain) => require('punycode/').toASCII(domain),
  domainToUnicode: (domain) => require('punycode/').toUnicode(domain),
  fileURLToPath,
  // The legacy formatter knows nothing of the standard class.
  format: (value, options) => (value instanceof globalThis.URL ? value.href : legacy.format(value, options)),
  pathToFileURL: (path) => new globalThis.URL(`file://${path}`),
  urlToHttpOptions: ({ protocol, hostname, port, pathname, search, hash, href }) => ({
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname + search,
    pathname,
    search,
    hash,
    href,
  }),
}
