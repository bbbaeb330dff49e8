package dev.cambio.runtime.process;

/** A version of a tenant's Action, as guest processes tell them apart. */
public record GuestVersion(String tenant, String version, String contentHash) {}
