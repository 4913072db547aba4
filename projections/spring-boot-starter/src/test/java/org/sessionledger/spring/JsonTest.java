package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.CommandRefused;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionStatus;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;

/** What the ledger answers goes through the application's own mapper as it is. */
class JsonTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  @TempDir Path folder;

  @Test
  void answers_are_the_same_json_as_the_ledger_s_own_in_the_application_s_conventions() {
    Boot.starter(folder)
        .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
        .withPropertyValues("spring.jackson.default-property-inclusion=non_null")
        .run(
            context -> {
              Ledger ledger = context.getBean(Ledger.class);
              ObjectMapper mapper = context.getBean(ObjectMapper.class);
              RunHandle run = ledger.session(KEY).start(new RunId("r-1"));
              Decision taken = run.progress("half way", 17L);
              ledger.session(KEY).reset();
              Decision refused = refused(run);
              SessionStatus session = ledger.reader().session(KEY).orElseThrow();
              for (Object answer :
                  List.of(taken, refused, session, ledger.reader().stats(), run.generation())) {
                JsonNode json = mapper.readTree(mapper.writeValueAsString(answer));
                assertThat(json).isEqualTo(Json.tree(Json.write(answer)));
                assertThat(Json.write(mapper.treeToValue(json, answer.getClass())))
                    .as("read again")
                    .isEqualTo(Json.write(answer));
              }
              assertThat(mapper.valueToTree(taken).path("verdict").asText()).isEqualTo("accepted");
              assertThat(mapper.valueToTree(taken).path("sessionKey").asText())
                  .isEqualTo("agent:main");
            });
  }

  private static Decision refused(RunHandle run) {
    try {
      return run.progress(null, null);
    } catch (CommandRefused e) {
      return e.decision();
    }
  }
}
