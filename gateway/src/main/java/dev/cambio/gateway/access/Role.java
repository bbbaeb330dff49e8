package dev.cambio.gateway.access;

/** A role that a user holds. */
public record Role(String id, String name) {}
