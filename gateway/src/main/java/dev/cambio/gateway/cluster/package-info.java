/**
 * Membership: one Hazelcast member per node, the maps that live there, and the event bus over it.
 * What must be exact is in the database; what is here may be lost.
 */
@NullMarked
package dev.cambio.gateway.cluster;

import org.jspecify.annotations.NullMarked;
