/**
 * Tenants: finding the one a request is for, and importing one from files in the layout of Auth0's
 * deploy CLI (contract management-api §4).
 */
@NullMarked
package dev.cambio.gateway.tenant;

import org.jspecify.annotations.NullMarked;
