package dev.cambio.gateway.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Lockfiles of builds, contract actions-runtime §2.5")
class LockfileTest {
  private static final Map<String, String> DEPENDENCIES = Map.of("a", "1.0.0");
  private static final String HASH = "sha512-" + "A".repeat(86) + "==";

  /** As npm writes it: an alias, a bundled package, and one within another. */
  private static final String HONEST =
      """
      {"name":"cambio-action","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
       "":{"name":"cambio-action","version":"1.0.0","dependencies":{"a":"1.0.0"}},
       "node_modules/a":{"version":"1.0.0","integrity":"HASH","license":"MIT",
         "bundleDependencies":["c"],"dependencies":{"b":"npm:@s/bb@^1.0.0 || ~2","c":"*"}},
       "node_modules/a/node_modules/c":{"version":"2.0.0-rc.1","inBundle":true},
       "node_modules/b":{"name":"@s/bb","version":"1.2.3","integrity":"HASH","optional":true,
         "peerDependencies":{"d":">=1 <3"},"peerDependenciesMeta":{"d":{"optional":true}}}}}
      """
          .replace("HASH", HASH);

  @Test
  @DisplayName("what npm writes for packages of registries is taken")
  void takesHonestOnes() {
    assertThatCode(() -> Lockfile.requireVerifiable(HONEST, DEPENDENCIES))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "\"lockfileVersion\":3!\"lockfileVersion\":1",
        "\"requires\":true!\"dependencies\":{}",
        "\"a\":\"1.0.0\"}},!\"a\":\"1.0.1\"}},",
        "\"a\":\"1.0.0\"}},!\"a\":\"1.0.0\"},\"workspaces\":[\"x\"]},",
        "\"a\":\"1.0.0\"}},!\"a\":\"1.0.0\"},\"overrides\":{}},",
        "\"license\":\"MIT\"!\"resolved\":\"git+ssh://x/y\"",
        "\"license\":\"MIT\"!\"link\":true",
        "\"inBundle\":true!\"inBundle\":true,\"resolved\":\"file:../x\"",
        "\"inBundle\":true!\"inBundle\":false",
        "\"node_modules/b\"!\"../b\"",
        "\"node_modules/b\"!\"b\"",
        "\"node_modules/b\"!\"node_modules/../b\"",
        "\"node_modules/b\"!\"node_modules/x/b\"",
        "\"node_modules/b\"!\"/node_modules/b\"",
        "\"version\":\"1.2.3\"!\"version\":\"git+ssh://x\"",
        "\"name\":\"@s/bb\"!\"name\":\"../bb\"",
        "npm:@s/bb@^1.0.0 || ~2!github:evil/x",
        "npm:@s/bb@^1.0.0 || ~2!evil/x",
        "npm:@s/bb@^1.0.0 || ~2!https://x/y.tgz",
        "npm:@s/bb@^1.0.0 || ~2!npm:https://x/y.tgz",
        "npm:@s/bb@^1.0.0 || ~2!file:../x",
        "npm:@s/bb@^1.0.0 || ~2!../x",
        ">=1 <3!link:/etc",
      })
  @DisplayName("what asks for anything else is refused before anything is installed by it")
  void refusesOthers(String member, String instead) {
    String lockfile = HONEST.replace(member, instead);
    assertThat(lockfile).isNotEqualTo(HONEST);

    Throwable refusal = catchThrowable(() -> Lockfile.requireVerifiable(lockfile, DEPENDENCIES));

    assertThat(refusal)
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.id()).isEqualTo("integrity"));
  }

  @ParameterizedTest
  @CsvSource({"1,true", "20,true", "1000,false", "50000,false"})
  @DisplayName("several hashes of one package are taken, and as many as nobody needs are refused")
  void severalHashes(int hashes, boolean taken) {
    String integrity = " " + (HASH + "  ").repeat(hashes);

    Throwable refusal =
        catchThrowable(
            () -> Lockfile.requireVerifiable(HONEST.replace(HASH, integrity), DEPENDENCIES));

    if (taken) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal).isInstanceOf(BuildException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "' '", "HASH x", "x HASH", "HASHHASH"})
  @DisplayName("all of it must be hashes")
  void notHashes(String integrity) {
    String lockfile = HONEST.replace(HASH, integrity.replace("HASH", HASH));

    assertThat(catchThrowable(() -> Lockfile.requireVerifiable(lockfile, DEPENDENCIES)))
        .isInstanceOf(BuildException.class);
  }

  @Test
  @DisplayName("a version longer than any of npm's is refused")
  void longVersion() {
    String lockfile = HONEST.replace("2.0.0-rc.1", "2.0.0-rc" + ".1".repeat(50_000));

    assertThat(catchThrowable(() -> Lockfile.requireVerifiable(lockfile, DEPENDENCIES)))
        .isInstanceOf(BuildException.class);
  }

  @Test
  @DisplayName("a package without a hash is refused, and that is said")
  void refusesUnverifiableOnes() {
    assertThat(
            catchThrowable(
                () -> Lockfile.requireVerifiable(HONEST.replace(HASH, "md5-x"), DEPENDENCIES)))
        .hasMessage("'a' does not come from the npm registry with an integrity to verify");
  }
}
