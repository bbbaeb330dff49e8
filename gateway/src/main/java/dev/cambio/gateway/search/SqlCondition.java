package dev.cambio.gateway.search;

import java.util.List;

/**
 * A condition of a {@code where} clause.
 *
 * @param sql a boolean expression in parentheses or a call; refers to the parameters by number
 * @param parameters their values, in order
 */
public record SqlCondition(String sql, List<Object> parameters) {}
