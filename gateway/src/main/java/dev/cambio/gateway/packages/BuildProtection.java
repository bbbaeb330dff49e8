package dev.cambio.gateway.packages;

/**
 * What keeps builds of packages away from the rest of the machine. That no code of packages runs
 * holds in any case; this holds if it does.
 *
 * @param mode that is set
 * @param isolated whether they run in namespaces of their own, with nothing of the machine in reach
 * @param refusal why packages that need npm are not built, else empty
 */
public record BuildProtection(BuildMode mode, boolean isolated, String refusal) {}
