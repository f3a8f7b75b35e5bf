#include "service/win32/text.h"

#include <catch2/catch.hpp>

#include <string>

using namespace imshealth;

TEST_CASE("text goes to UTF-16 and back") {
  for (const std::string text :
       {"", "imsperf.dll", "Prüfstand", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    CHECK(toUtf8(toWide(text)) == text);
  }
}

TEST_CASE("lone surrogates become U+FFFD") {
  CHECK(toUtf8(L"a\xD800") == "a\xEF\xBF\xBD");
  CHECK(toUtf8(L"\xDC00z") == "\xEF\xBF\xBDz");
  CHECK(toUtf8(std::wstring{L'\xD800', L'\xD800', L'\xDC00'}) == "\xEF\xBF\xBD\xF0\x90\x80\x80");
}

TEST_CASE("broken UTF-8 becomes U+FFFD") {
  CHECK(toWide("\xFF") == L"\xFFFD");
  CHECK(toWide("a\xC3") == L"a\xFFFD");
  CHECK(toWide("\xC0\x80") == L"\xFFFD\xFFFD");            // overlong
  CHECK(toWide("\xED\xA0\x80") == L"\xFFFD\xFFFD\xFFFD");  // a surrogate
  CHECK(toWide("\xF4\x90\x80\x80").size() == 4);           // beyond U+10FFFF
}

TEST_CASE("the OEM code page and back; what it does not have is noticed by that") {
  CHECK(utf8ToOem("C:\\exchsrvr") == "C:\\exchsrvr");
  CHECK(oemToUtf8(utf8ToOem("caf\xC3\xA9")) == "caf\xC3\xA9");
  const std::string japanese = "\xE6\x97\xA5";
  CHECK(oemToUtf8(utf8ToOem(japanese)) != japanese);
}

TEST_CASE("zeros inside stay") {
  const std::string text("a\0b", 3);
  CHECK(toUtf8(toWide(text)) == text);
}
