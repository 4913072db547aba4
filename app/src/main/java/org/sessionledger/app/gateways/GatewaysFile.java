package org.sessionledger.app.gateways;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.follow.GatewayAddress;
import org.sessionledger.core.session.Json;

/**
 * The file that names gateways: {@code {"gateways": [{"name": …, "url": …, "tokenFile": …,
 * "rawFolder": …}]}}. Paths in it count from where it stands.
 */
public final class GatewaysFile {

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private static final Set<String> FIELDS = Set.of("name", "url", "tokenFile", "rawFolder");

  private final Path file;

  private GatewaysFile(Path file) {
    this.file = file;
  }

  /**
   * Reads it.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException with where it is wrong, and how
   */
  public static List<Gateway> read(Path file) throws IOException {
    return new GatewaysFile(file).gateways();
  }

  private List<Gateway> gateways() throws IOException {
    JsonNode document;
    try {
      document = Json.mapper().readTree(Files.readString(file, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!document.path("gateways").isArray() || document.size() != 1) {
      throw new IllegalArgumentException("must be an object with the list 'gateways'");
    }
    List<Gateway> gateways = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<URI> urls = new HashSet<>();
    for (JsonNode entry : document.path("gateways")) {
      String where = "gateways[" + gateways.size() + "]";
      Gateway gateway = gateway(entry, where);
      if (!names.add(gateway.name())) {
        throw wrong(where, "name", "is taken by another gateway");
      }
      if (!urls.add(gateway.url())) {
        throw wrong(where, "url", "is another gateway's; followed twice it would count twice");
      }
      gateways.add(gateway);
    }
    return gateways;
  }

  private Gateway gateway(JsonNode entry, String where) {
    entry
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!FIELDS.contains(field)) {
                throw wrong(where, field, "is no field; they are name, url, tokenFile, rawFolder");
              }
            });
    String name = text(entry, where, "name");
    if (!name.matches(NAME)) {
      throw wrong(where, "name", "must be 1 to 64 letters, digits, dots, underscores and hyphens");
    }
    String url = text(entry, where, "url");
    URI address;
    try {
      address = GatewayAddress.of(url);
    } catch (IllegalArgumentException e) {
      throw wrong(where, "url", String.valueOf(e.getMessage()));
    }
    Path raw = entry.hasNonNull("rawFolder") ? path(entry, where, "rawFolder") : null;
    return new Gateway(name, address, path(entry, where, "tokenFile"), raw);
  }

  private Path path(JsonNode entry, String where, String field) {
    try {
      return file.toAbsolutePath().resolveSibling(text(entry, where, field));
    } catch (InvalidPathException e) {
      throw wrong(where, field, "is no path: " + e.getReason());
    }
  }

  private static String text(JsonNode entry, String where, String field) {
    JsonNode value = entry.get(field);
    if (value == null || !value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(where, field, "must be a text that is not empty");
    }
    return value.textValue();
  }

  private static IllegalArgumentException wrong(
      String where, @Nullable String field, String problem) {
    return new IllegalArgumentException("has a mistake: " + where + "." + field + " " + problem);
  }
}
