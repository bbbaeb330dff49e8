package dev.cambio.gateway.packages;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * How far the build of some packages is.
 *
 * @param id of what is built
 * @param status {@code pending}, {@code building}, {@code built} or {@code failed}
 * @param errors {@code [{id, msg, url}]}
 * @param log what npm and the bundler printed
 * @param contentHash names the bundle once it is built
 * @param finishedAt when it was built or failed
 */
public record PackageBuild(
    String id,
    String status,
    ArrayNode errors,
    String log,
    Optional<String> contentHash,
    Optional<OffsetDateTime> finishedAt) {}
