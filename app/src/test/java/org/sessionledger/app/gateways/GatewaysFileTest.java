package org.sessionledger.app.gateways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewaysFileTest {

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("gateways.json"), text);
  }

  @Test
  void gateways_are_read_and_their_paths_count_from_the_file() throws Exception {
    assertThat(
            GatewaysFile.read(
                file(
                    """
                    {"gateways": [
                      {"name": "main", "url": "ws://127.0.0.1:18789", "tokenFile": "token"},
                      {"name": "b-2", "url": "wss://gateway.example/ws", "tokenFile": "/etc/t", "rawFolder": "raw"}
                    ]}
                    """)))
        .containsExactly(
            new Gateway("main", URI.create("ws://127.0.0.1:18789"), folder.resolve("token"), null),
            new Gateway(
                "b-2",
                URI.create("wss://gateway.example/ws"),
                Path.of("/etc/t"),
                folder.resolve("raw")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                                     | is not JSON",
        "[]                                    | the list 'gateways'",
        "{\"gateways\":[],\"more\":1}          | the list 'gateways'",
        "{\"gateways\":[{\"nam\":1}]}          | gateways[0].nam is no field",
        "{\"gateways\":[7]}                    | gateways[0].name must be a text",
        "{\"gateways\":[{\"name\":\"a b\"}]}   | gateways[0].name must be 1 to 64",
        "{\"gateways\":[{\"name\":\"a\",\"url\":\"http://x\"}]} | gateways[0].url is no address",
        "{\"gateways\":[{\"name\":\"a\",\"url\":\"ws://x:1\"}]} | in the clear to x",
        "{\"gateways\":[{\"name\":\"a\",\"url\":\"ws://127.0.0.1:1?token=t\"}]} | a token goes into a file",
        "{\"gateways\":[{\"name\":\"a\",\"url\":\"ws://127.0.0.1:1\"}]} | gateways[0].tokenFile must be",
        "{\"gateways\":[{\"name\":\"a\",\"url\":\"ws://127.0.0.1:1\",\"tokenFile\":\"\\u0000\"}]} | no path",
      })
  void a_mistake_is_named_with_its_place(String text, String problem) {
    assertThatThrownBy(() -> GatewaysFile.read(file(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void no_two_have_one_name_or_one_address() {
    String one = "{\"name\":\"a\",\"url\":\"ws://127.0.0.1:1\",\"tokenFile\":\"t\"}";
    for (String two : new String[] {one.replace(":1", ":2"), one.replace("\"a\"", "\"b\"")}) {
      assertThatThrownBy(() -> GatewaysFile.read(file("{\"gateways\":[" + one + "," + two + "]}")))
          .hasMessageContaining("another gateway");
    }
  }
}
