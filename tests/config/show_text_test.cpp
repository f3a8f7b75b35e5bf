#include "config/show_text.h"

#include <catch2/catch.hpp>

namespace imshealth::test {
namespace {

std::string shownAt(std::string_view text, Place place) {
  TextCursor cursor(text);
  return withCaret(cursor, place);
}

}  // namespace

TEST_CASE("foreign text in a message is escaped and shortened") {
  CHECK(inQuotes("a\n\"b\"\\") == R"("a\n\"b\"\\")");
  CHECK(inQuotes(std::string(60, 'x')) == "\"" + std::string(60, 'x') + "\"");
  CHECK(inQuotes(std::string(61, 'x')) == "\"" + std::string(60, 'x') + "…\"");
  CHECK(inQuotes("für 🖂") == "\"für 🖂\"");
}

TEST_CASE("characters that nobody can see, or that a terminal obeys, are escaped") {
  CHECK(inQuotes("\x1b[2J") == R"("\u001b[2J")");
  CHECK(inQuotes("\u009b2J\x7f") == R"("\u009b2J\u007f")");
  CHECK(inQuotes("a\u202eb\u2066c\u200bd\ufeff\u00a0") ==
        R"("a\u202eb\u2066c\u200bd\ufeff\u00a0")");
}

TEST_CASE("the line and a caret below it") {
  CHECK(shownAt("{\n  \"mode\": 1\n}", {2, 11}) == "  \"mode\": 1\n          ^\n");
  CHECK(shownAt("{ \"mode\"", {1, 9}) == "{ \"mode\"\n        ^\n");
  CHECK(shownAt("a\r\nb\rc", {3, 1}) == "c\n^\n");
}

TEST_CASE("without a line there is nothing to show") {
  CHECK(shownAt("", {1, 1}).empty());
  CHECK(shownAt("{}\n", {2, 1}).empty());
  CHECK(shownAt("{}", {9, 1}).empty());
}

TEST_CASE("the caret stands right below what a terminal shows wider or narrower") {
  CHECK(shownAt("\tab", {1, 3}) == "\tab\n\t ^\n");
  CHECK(shownAt("für x", {1, 5}) == "für x\n    ^\n");
  CHECK(shownAt("日本x", {1, 3}) == "日本x\n    ^\n");
  CHECK(shownAt("ｱﾞx", {1, 3}) == "ｱﾞx\n  ^\n");
  CHECK(shownAt("📧x", {1, 2}) == "📧x\n  ^\n");
  CHECK(shownAt("u\u0308x", {1, 3}) == "u\u0308x\n ^\n");
}

TEST_CASE("what could act on a terminal is not shown") {
  CHECK(shownAt("a\x1b[2Jb\u009bc\u202ed", {1, 6}) == "a?[2Jb?c?d\n     ^\n");
}

TEST_CASE("of a long line the part around the caret is shown") {
  const std::string line = std::string(5000, 'a') + "x" + std::string(5000, 'b');
  CHECK(shownAt(line, {1, 5001}) == "…" + std::string(80, 'a') + "x" + std::string(79, 'b') +
                                        "…\n" + std::string(81, ' ') + "^\n");
  CHECK(shownAt(line, {1, 10002}) ==
        "…" + std::string(80, 'b') + "\n" + std::string(81, ' ') + "^\n");
  CHECK(shownAt(line, {1, 1}) == std::string(160, 'a') + "…\n^\n");
}

}  // namespace imshealth::test
