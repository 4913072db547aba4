package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** As much of JSON Schema as the OpenAPI document uses; an unknown field is a fault. */
final class SchemaCheck {

  private final JsonNode openapi;

  SchemaCheck(JsonNode openapi) {
    this.openapi = openapi;
  }

  /** What is wrong with a value, each with its place. */
  List<String> faults(JsonNode value, JsonNode schema) {
    List<String> faults = new ArrayList<>();
    check(value, resolve(schema), "$", faults, true);
    return faults;
  }

  JsonNode resolve(JsonNode schema) {
    JsonNode ref = schema.path("$ref");
    return ref.isMissingNode() ? schema : resolve(openapi.at(ref.asText().substring(1)));
  }

  private void check(
      JsonNode value, JsonNode schema, String place, List<String> faults, boolean closed) {
    if (schema.has("oneOf") && schema.has("properties") == false) {
      oneOf(value, schema.path("oneOf"), place, faults);
      return;
    }
    if (schema.has("const") && !schema.path("const").equals(value)) {
      faults.add(place + " is not " + schema.path("const"));
    }
    if (schema.has("enum") && !strings(schema.path("enum")).contains(value.asText())) {
      faults.add(place + " is " + value + ", not one of " + schema.path("enum"));
    }
    switch (schema.path("type").asText()) {
      case "object" -> object(value, schema, place, faults, closed);
      case "array" -> {
        expect(value.isArray(), "a list", place, faults);
        int i = 0;
        for (JsonNode item : value) {
          check(item, resolve(schema.path("items")), place + "[" + i++ + "]", faults, true);
        }
      }
      case "string" -> expect(value.isTextual(), "a text", place, faults);
      case "integer" -> {
        expect(value.isIntegralNumber(), "a number", place, faults);
        if (schema.has("minimum") && value.asLong() < schema.path("minimum").asLong()) {
          faults.add(place + " is below " + schema.path("minimum"));
        }
      }
      case "boolean" -> expect(value.isBoolean(), "true or false", place, faults);
      default -> {
        // Only an enum or a const.
      }
    }
  }

  private void object(
      JsonNode value, JsonNode schema, String place, List<String> faults, boolean closed) {
    expect(value.isObject(), "an object", place, faults);
    Set<String> known = new HashSet<>();
    for (JsonNode part : schema.path("allOf")) {
      JsonNode whole = resolve(part);
      check(value, whole, place, faults, false);
      whole.path("properties").fieldNames().forEachRemaining(known::add);
    }
    schema.path("properties").fieldNames().forEachRemaining(known::add);
    for (String required : strings(schema.path("required"))) {
      if (!value.has(required)) {
        faults.add(place + " lacks " + required);
      }
    }
    value
        .properties()
        .forEach(
            field -> {
              JsonNode property = schema.path("properties").path(field.getKey());
              String below = place + "." + field.getKey();
              if (!property.isMissingNode()) {
                check(field.getValue(), resolve(property), below, faults, true);
              } else if (schema.path("additionalProperties").isObject()) {
                JsonNode rest = resolve(schema.path("additionalProperties"));
                check(field.getValue(), rest, below, faults, true);
              } else if (closed && !known.isEmpty() && !known.contains(field.getKey())) {
                faults.add(below + " is not in the document");
              }
            });
  }

  private void oneOf(JsonNode value, JsonNode choices, String place, List<String> faults) {
    List<List<String>> tried = new ArrayList<>();
    for (JsonNode choice : choices) {
      List<String> here = new ArrayList<>();
      check(value, resolve(choice), place, here, true);
      if (here.isEmpty()) {
        return;
      }
      tried.add(here);
    }
    faults.add(place + " fits none: " + tried);
  }

  private static void expect(boolean is, String what, String place, List<String> faults) {
    if (!is) {
      faults.add(place + " is not " + what);
    }
  }

  private static Set<String> strings(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.toSet());
  }
}
