package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionSyntax;
import dev.cambio.gateway.packages.PackageBuild;
import dev.cambio.gateway.packages.PackageBuilds;
import java.util.Optional;

/**
 * Builds drafts of Actions and of modules (contract actions-runtime §2.3, §2.5).
 *
 * @param syntax says whether code can be parsed
 * @param builds of packages, which take their time
 */
record DraftBuilder(ActionSyntax syntax, PackageBuilds builds) {

  /** The body with a version wherever it asks for the latest. Asks the registry. */
  ObjectNode withVersions(ObjectNode body) {
    ObjectNode complete = body.deepCopy();
    if (body.has("dependencies")) {
      ArrayNode dependencies = ActionContent.dependencies(body.path("dependencies"));
      builds.packages().resolve(dependencies);
      complete.set("dependencies", dependencies);
    }
    return complete;
  }

  /** What is wrong with the code. Asks an actions node. */
  Optional<String> problem(Call call, String code) {
    return code.isBlank() ? Optional.empty() : syntax.problem(call.tenant().id(), code);
  }

  /** The build of a draft; packages that it needs are asked for, unless its code is broken. */
  ActionBuild build(Call call, ActionContent draft, Optional<String> problem) {
    Optional<PackageBuild> packages =
        problem.isPresent()
            ? Optional.empty()
            : builds
                .packages()
                .inputs(draft.code(), draft.dependencies())
                .map(inputs -> builds.request(call.rows(), inputs));
    return ActionBuild.of(problem, packages, call.now());
  }
}
