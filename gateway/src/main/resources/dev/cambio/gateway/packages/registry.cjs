// Loaded before npm: there is no network in a build's jail, and every connection goes to the gateway's RegistryDoor.
const net = require('node:net')
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function () {
  return connect.call(this, { path: '/given/registry' })
}
