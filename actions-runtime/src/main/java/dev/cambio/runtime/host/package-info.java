/**
 * What the node does on behalf of guest code: cache, outbound requests, console and commands, each
 * within its limits. Its inputs come from untrusted code.
 */
@NullMarked
package dev.cambio.runtime.host;

import org.jspecify.annotations.NullMarked;
