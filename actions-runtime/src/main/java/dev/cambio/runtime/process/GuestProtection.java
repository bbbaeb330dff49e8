package dev.cambio.runtime.process;

/**
 * What keeps guest processes away from the rest of the machine, for the log and for health. The
 * JavaScript sandbox holds in any case; these hold if it is broken.
 *
 * @param networkNamespace whether they have a network of their own, with nothing on it
 * @param userNamespace whether they run in a user namespace of their own
 * @param session whether they run in a session of their own
 * @param noNewPrivileges whether they can gain no privileges
 * @param emptyEnvironment whether they see no environment variable of the node
 */
public record GuestProtection(
    boolean networkNamespace,
    boolean userNamespace,
    boolean session,
    boolean noNewPrivileges,
    boolean emptyEnvironment) {}
