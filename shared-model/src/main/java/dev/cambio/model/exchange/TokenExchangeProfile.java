package dev.cambio.model.exchange;

/**
 * Maps one {@code subject_token_type} to one Action (contract token-endpoint §2.1).
 *
 * @param id {@code tep_…}
 * @param name 3 to 50 characters
 * @param subjectTokenType unique in the tenant
 * @param actionId the Action that decides; may be dangling after a forced delete
 * @param subjectTokenIsOurs whether subject tokens must be tokens of the tenant's own, which are
 *     then verified before the Action runs
 */
public record TokenExchangeProfile(
    String id, String name, String subjectTokenType, String actionId, boolean subjectTokenIsOurs) {}
