// The preinstalled auth0: management and authentication clients against a site of ours.
const { AuthenticationClient, ManagementClient } = require('auth0')

/** The SDK knows only https; the site speaks http. */
const plain = (url, init) => fetch(`${url}`.replace('https://', 'http://'), init)

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  const { host: domain } = new URL(given.site)
  const management = new ManagementClient({ domain, clientId: 'id', clientSecret: 'secret', fetch: plain })
  console.log((await management.users.get({ id: 'auth0|jane' })).data)
  console.log(
    (await management.users.update({ id: 'auth0|jane' }, { app_metadata: { plan: 'free' } })).data.app_metadata,
  )
  console.log((await management.usersByEmail.getByEmail({ email: 'jane@acme.example' })).data.length)
  const denied = new ManagementClient({ domain, token: 'wrong', fetch: plain, retry: { enabled: false } })
  await denied.users
    .get({ id: 'auth0|jane' })
    .catch((error) => console.log(error.name, error.statusCode, error.errorCode))
  const authentication = new AuthenticationClient({ domain, clientId: 'id', clientSecret: 'secret', fetch: plain })
  const grant = await authentication.oauth.clientCredentialsGrant({ audience: 'urn:api' })
  console.log(grant.data.access_token, grant.status)
}
