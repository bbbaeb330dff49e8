/**
 * Auth0's own clients and others for OAuth, real packages from npm at pinned versions, against a
 * running node over TLS. The cases are scripts in {@code src/test/js}; here they are started, and
 * each of their tests is one test.
 */
@NullMarked
package dev.cambio.clients;

import org.jspecify.annotations.NullMarked;
