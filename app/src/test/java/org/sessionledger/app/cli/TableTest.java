package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TableTest {

  @Test
  void columns_are_aligned_whatever_the_script() {
    Table table = new Table(Style.PLAIN).left("KEY").right("GEN").left("");
    table.row("東京", 1, "x").row("abc", 10, "y");
    assertThat(printed(table)).containsExactly("KEY   GEN", "東京    1  x", "abc    10  y");
  }

  @Test
  void a_wide_table_shrinks_its_widest_columns_to_100() {
    Table table = new Table(Style.PLAIN, "  ").left("KEY").left("STATUS").left("ID");
    table.row("k".repeat(300), "running", "i".repeat(60));
    List<String> lines = printed(table);
    assertThat(lines).allSatisfy(line -> assertThat(Shown.width(line)).isLessThanOrEqualTo(100));
    assertThat(lines.get(1)).contains("running").contains("k…").contains("i…");
  }

  @Test
  void a_cell_cannot_break_out_of_its_line() {
    Table table = new Table(Style.PLAIN).left("KEY");
    table.row("a\nb\u001b[31m");
    assertThat(printed(table)).containsExactly("KEY", "a\\nb\\u001b[31m");
  }

  @Test
  void colour_does_not_count_as_width() {
    Table table = new Table(new Style(true)).status("S").left("X");
    table.row("done", "x").row("idle", "y");
    assertThat(printed(table)).element(1).isEqualTo("\u001b[32mdone\u001b[0m  x");
    assertThat(printed(table)).element(2).isEqualTo("idle  y");
  }

  private static List<String> printed(Table table) {
    StringWriter out = new StringWriter();
    table.print(new PrintWriter(out, true));
    return out.toString().lines().toList();
  }
}
