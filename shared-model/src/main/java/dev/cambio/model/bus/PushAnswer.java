package dev.cambio.model.bus;

/**
 * What a user has answered who was asked, on another channel, whether a login is theirs.
 *
 * @param challenge as the notification {@code mfa_message} named it
 */
public record PushAnswer(String tenantId, String challenge, boolean accepted) {}
