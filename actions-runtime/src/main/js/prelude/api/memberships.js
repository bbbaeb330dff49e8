// api.roles and api.groups: questions, answered from what the event brought along.
import { isArray } from '../host/intrinsics.js'
import { refuse } from './check.js'

const MAX_TAKE = 100

function list(method, name, value, max) {
  if (!isArray(value) || value.length > max || !value.every((item) => typeof item === 'string')) {
    refuse(method, `${name} must be a list of at most ${max} strings`)
  }
  return value
}

const copy = (roles) => roles.map((role) => ({ ...role }))

/** @param roles the user's effective roles, `{id, name, type}` each */
export const rolesApi = (roles) => ({
  async getUserEffectiveRoles(options) {
    const method = 'roles.getUserEffectiveRoles'
    const { take = 50, from } = options ?? {}
    if (!(Number.isInteger(take) && take >= 1 && take <= MAX_TAKE)) {
      refuse(method, `take must be between 1 and ${MAX_TAKE}`)
    }
    const start = from === undefined ? 0 : Number(from)
    if (!(Number.isInteger(start) && start >= 0)) {
      refuse(method, 'from must be the next of an earlier answer')
    }
    const page = { roles: copy(roles.slice(start, start + take)) }
    return start + take < roles.length ? { ...page, next: `${start + take}` } : page
  },
  async getUserEffectiveRolesByIds(ids) {
    const wanted = list('roles.getUserEffectiveRolesByIds', 'ids', ids, 100)
    return { roles: copy(roles.filter((role) => wanted.includes(role.id))) }
  },
  async getUserEffectiveRolesByNames(names) {
    const wanted = list('roles.getUserEffectiveRolesByNames', 'names', names, 50)
    return { roles: copy(roles.filter((role) => wanted.includes(role.name))) }
  },
})

/** There are no groups. */
export const groupsApi = () => ({
  async getUserGroups(_options) {
    return { groups: [] }
  },
  async hasGroupMembership(ids) {
    const wanted = list('groups.hasGroupMembership', 'ids', ids, 100)
    return { memberships: Object.fromEntries(wanted.map((id) => [id, { is_member: false }])) }
  },
})
