package dev.cambio.runtime.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ModuleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;

/**
 * The JavaScript compiler under another module name. As {@code jdk.graal.compiler} it has to take
 * the place of the JDK's own module of that name, and with that no archive of classes is used; the
 * engine looks for it under this older name as well.
 */
final class RenamedCompiler {
  static final String NAME = "jdk.internal.vm.compiler";

  private static final String DESCRIPTOR = "module-info.class";

  // Only a module that the JDK knows by name may provide this; Truffle does not ask for it.
  private static final String JVMCI = "jdk/vm/ci/";

  private RenamedCompiler() {}

  /** Copies the compiler's JAR with the other name. */
  static void copy(Path from, Path to) throws IOException {
    try (JarFile jar = new JarFile(from.toFile());
        OutputStream file = Files.newOutputStream(to);
        JarOutputStream out = new JarOutputStream(file)) {
      out.setLevel(Deflater.BEST_SPEED);
      for (JarEntry entry : jar.stream().toList()) {
        out.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream in = jar.getInputStream(entry)) {
          if (entry.getName().equals(DESCRIPTOR)) {
            out.write(renamed(in.readAllBytes()));
          } else {
            in.transferTo(out);
          }
        }
        out.closeEntry();
      }
    }
  }

  private static byte[] renamed(byte[] descriptor) {
    ClassFile classes = ClassFile.of();
    return classes.transformClass(
        classes.parse(descriptor),
        (builder, element) ->
            builder.with(element instanceof ModuleAttribute module ? renamed(module) : element));
  }

  private static ModuleAttribute renamed(ModuleAttribute module) {
    return ModuleAttribute.of(
        ModuleDesc.of(NAME),
        builder -> {
          builder.moduleFlags(module.moduleFlagsMask());
          module.moduleVersion().ifPresent(version -> builder.moduleVersion(version.stringValue()));
          module.requires().forEach(builder::requires);
          module.exports().forEach(builder::exports);
          module.opens().forEach(builder::opens);
          module.uses().forEach(builder::uses);
          module.provides().stream()
              .filter(provided -> !provided.provides().asInternalName().startsWith(JVMCI))
              .forEach(builder::provides);
        });
  }
}
