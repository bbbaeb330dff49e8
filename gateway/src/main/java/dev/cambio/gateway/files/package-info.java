/** Tenants as files, in the layout of Auth0's deploy CLI: reading, importing, exporting. */
@NullMarked
package dev.cambio.gateway.files;

import org.jspecify.annotations.NullMarked;
