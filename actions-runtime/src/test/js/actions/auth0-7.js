// auth0 7, bundled as a dependency of the Action.
const { ManagementClient } = require('auth0-7')

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  const { host: domain } = new URL(given.site)
  const plain = (url, init) => fetch(`${url}`.replace('https://', 'http://'), init)
  const management = new ManagementClient({ domain, token: 'management-token', fetch: plain, fetcher: undefined })
  console.log(await management.users.get('auth0|jane'))
  console.log((await management.users.update('auth0|jane', { app_metadata: { plan: 'free' } })).app_metadata)
  const denied = new ManagementClient({ domain, token: 'wrong', fetch: plain, maxRetries: 0 })
  await denied.users
    .get('auth0|jane')
    .catch((error) => console.log(error.name, error.statusCode, error.body?.errorCode))
}
