package org.sessionledger.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The arguments as they were typed. */
final class Arguments {

  private static final Path RAW = Path.of("/proc/self/cmdline");

  private Arguments() {}

  /**
   * In a locale that is not UTF-8 Java has no way to hand over a key with, say, an emoji in it;
   * Linux still has the bytes.
   */
  static String[] asTyped(String[] args) {
    if (Arrays.stream(args).noneMatch(arg -> arg.indexOf('\ufffd') >= 0)) {
      return args;
    }
    try {
      String[] all = Files.readString(RAW, StandardCharsets.UTF_8).split("\0", -1);
      int end = all.length - 1; // Each is followed by a NUL.
      return end < args.length ? args : Arrays.copyOfRange(all, end - args.length, end);
    } catch (IOException e) {
      return args; // No Linux, or no UTF-8 there either.
    }
  }
}
