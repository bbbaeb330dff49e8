/**
 * Membership: how a process joins the cluster, for nodes and for services beside them. Whoever
 * joins proves by TLS that it has the cluster secret, on the port of members and on that of the
 * bus. The only package that knows Hazelcast's inner parts.
 */
@NullMarked
package dev.cambio.model.cluster;

import org.jspecify.annotations.NullMarked;
