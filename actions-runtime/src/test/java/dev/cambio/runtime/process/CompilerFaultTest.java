package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompilerFaultTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Unrecognized VM option 'EnableJVMCI'\nError: Could not create the Java Virtual Machine.",
        "Error occurred during initialization of boot layer\njava.lang.module.ResolutionException",
        "gives up: java.lang.IllegalArgumentException: Could not find option with name compiler.X.",
        "java.lang.NoSuchMethodError: jdk.vm.ci.meta.ResolvedJavaType.getName",
        "The guest process gives up: java.lang.IllegalAccessError: class jdk.graal.compiler.x.Y"
      })
  void isToldByWhatTheJvmSays(String said) {
    assertThat(CompilerFault.isOne(1, said)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Error occurred during initialization of VM\n"
            + "Could not reserve enough space for object heap",
        "[0.1s][warning][os,thread] Failed to start thread \"Unknown thread\" with pthread_create",
        "The guest process gives up: java.lang.OutOfMemoryError: unable to create native thread"
      })
  void isNotWhatAMachineIsShortOf(String said) {
    assertThat(CompilerFault.isOne(1, said)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 134, 137, 143})
  void isNotTheEndByASignalOrForWantOfMemory(int exitCode) {
    // What the JVM says of a crash names its compilers whatever the reason.
    assertThat(CompilerFault.isOne(exitCode, "# Java VM: 25.0.3 (mixed mode, tiered, jvmci)"))
        .isFalse();
  }
}
