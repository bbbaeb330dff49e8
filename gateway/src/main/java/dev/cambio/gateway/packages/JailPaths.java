package dev.cambio.gateway.packages;

import dev.cambio.gateway.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What builds in a jail see of the machine: programs and libraries as systems have them, and npm,
 * Node.js and the bundler wherever they are.
 *
 * @param shown all of that, each at its own path
 * @param npm what runs npm; empty if it is not installed
 * @param node what runs Node.js; empty if it is not installed
 */
record JailPaths(List<Path> shown, List<String> npm, List<String> node) {
  private static final List<String> SYSTEM =
      List.of(
          "/usr/bin",
          "/usr/sbin",
          "/usr/lib",
          "/usr/lib32",
          "/usr/lib64",
          "/usr/libexec",
          "/usr/share/nodejs",
          "/usr/share/node_modules",
          "/nix/store",
          "/etc/alternatives",
          "/etc/ld.so.cache",
          "/etc/ca-certificates/extracted",
          "/etc/crypto-policies",
          "/etc/pki/ca-trust/extracted",
          "/etc/pki/tls/certs",
          "/etc/ssl/certs",
          "/etc/ssl/openssl.cnf");

  JailPaths {
    shown = List.copyOf(shown);
    npm = List.copyOf(npm);
    node = List.copyOf(node);
  }

  static JailPaths of(BuildSettings settings) {
    List<Path> shown = new ArrayList<>(SYSTEM.stream().map(Path::of).toList());
    Optional<Path> node = program(settings.node());
    node.ifPresent(
        file -> {
          shown.add(file);
          sibling(file, "lib").filter(_ -> !file.startsWith("/usr/bin")).ifPresent(shown::add);
        });
    Optional<Path> npm = program(settings.npm());
    npm.ifPresent(file -> shown.add(installation(file)));
    shown.add(settings.bundler());
    boolean script = npm.filter(file -> file.toString().endsWith(".js")).isPresent();
    return new JailPaths(
        shown,
        Stream.concat(script ? node.stream() : Stream.empty(), npm.stream())
            .map(Path::toString)
            .toList(),
        node.stream().map(Path::toString).toList());
  }

  /** Where a command really is. */
  private static Optional<Path> program(String command) {
    Stream<Path> places =
        command.contains("/")
            ? Stream.of(Path.of(command))
            : Stream.of(ConfigLoader.variable("PATH").orElse("").split(":"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, command));
    return places.filter(Files::isExecutable).findFirst().flatMap(JailPaths::real);
  }

  private static Optional<Path> real(Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The package that a program belongs to, else the program alone. */
  private static Path installation(Path program) {
    return sibling(program, "package.json").map(file -> file.resolveSibling("")).orElse(program);
  }

  /** A file beside the directory of programs. */
  private static Optional<Path> sibling(Path program, String name) {
    return Optional.ofNullable(program.getParent())
        .filter(directory -> directory.endsWith("bin"))
        .map(directory -> directory.resolveSibling(name))
        .filter(Files::exists);
  }
}
