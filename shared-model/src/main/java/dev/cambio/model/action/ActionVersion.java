package dev.cambio.model.action;

/**
 * A deployed, immutable version of an Action.
 *
 * @param actionId id of the Action
 * @param actionName the Action's name, for logs
 * @param versionId id of the version; a new deploy is a new id
 * @param contentHash lower-case hexadecimal SHA-256 of the version's source in UTF-8; its address
 */
public record ActionVersion(
    String actionId, String actionName, String versionId, String contentHash) {}
