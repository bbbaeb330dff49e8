// api.roles and api.groups: questions, answered from what the event brought along.
import { append, isArray, isInteger, member, put } from '../host/intrinsics.js'
import { refuse } from './check.js'

const MAX_TAKE = 100

function list(method, name, value, max) {
  if (!isArray(value) || value.length > max || !holdsStrings(value)) {
    refuse(method, `${name} must be a list of at most ${max} strings`)
  }
  return value
}

function holdsStrings(list) {
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'string') {
      return false
    }
  }
  return true
}

function holds(list, wanted) {
  for (let i = 0; i < list.length; i++) {
    if (list[i] === wanted) {
      return true
    }
  }
  return false
}

/** Copies of the roles that are wanted. */
function select(roles, isWanted) {
  const selected = []
  for (let i = 0; i < roles.length; i++) {
    if (isWanted(roles[i], i)) {
      append(selected, { ...roles[i] })
    }
  }
  return selected
}

/** @param roles the user's effective roles, `{id, name, type}` each */
export const rolesApi = (roles) => ({
  async getUserEffectiveRoles(options) {
    const method = 'roles.getUserEffectiveRoles'
    const given = options ?? { __proto__: null }
    const take = member(given, 'take') ?? 50
    const from = member(given, 'from')
    if (!(isInteger(take) && take >= 1 && take <= MAX_TAKE)) {
      refuse(method, `take must be between 1 and ${MAX_TAKE}`)
    }
    const start = from === undefined ? 0 : +from
    if (!(isInteger(start) && start >= 0)) {
      refuse(method, 'from must be the next of an earlier answer')
    }
    const page = { roles: select(roles, (_, i) => i >= start && i < start + take) }
    return start + take < roles.length ? { ...page, next: `${start + take}` } : page
  },
  async getUserEffectiveRolesByIds(ids) {
    const wanted = list('roles.getUserEffectiveRolesByIds', 'ids', ids, 100)
    return { roles: select(roles, (role) => holds(wanted, role.id)) }
  },
  async getUserEffectiveRolesByNames(names) {
    const wanted = list('roles.getUserEffectiveRolesByNames', 'names', names, 50)
    return { roles: select(roles, (role) => holds(wanted, role.name)) }
  },
})

/** There are no groups. */
export const groupsApi = () => ({
  async getUserGroups(_options) {
    return { groups: [] }
  },
  async hasGroupMembership(ids) {
    const wanted = list('groups.hasGroupMembership', 'ids', ids, 100)
    const memberships = {}
    for (let i = 0; i < wanted.length; i++) {
      put(memberships, wanted[i], { is_member: false })
    }
    return { memberships }
  },
})
