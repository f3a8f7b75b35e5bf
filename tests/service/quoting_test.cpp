#include "core/quote_argument.h"
#include "service/win32/handles.h"
#include "service/win32/text.h"

#include <catch2/catch.hpp>

#include <shellapi.h>

#include <random>
#include <string>
#include <vector>

using namespace imshealth;

namespace {

std::vector<std::string> readBack(const std::vector<std::string>& arguments) {
  std::string line = "program";
  for (const std::string& argument : arguments) {
    line += ' ' + quoteArgument(argument);
  }
  int count = 0;
  UniqueLocal words(CommandLineToArgvW(toWide(line).c_str(), &count));
  std::vector<std::string> result;
  for (int i = 1; i < count; ++i) {
    result.push_back(toUtf8(static_cast<wchar_t**>(words.get())[i]));
  }
  return result;
}

}  // namespace

TEST_CASE("CommandLineToArgvW reads quoted arguments back") {
  const std::vector<std::string> arguments = {"",
                                              "plain",
                                              "two words",
                                              "a\"b",
                                              "back\\slash",
                                              "ends with \\",
                                              "\\\\server\\share\\",
                                              "\\\"",
                                              "tab\there",
                                              "C:\\Program Files\\x\\",
                                              "\"",
                                              "\\\\\"\\"};
  CHECK(readBack(arguments) == arguments);
}

TEST_CASE("any mixture of quotes, backslashes and blanks is read back") {
  std::mt19937 random(20261123);
  const std::string letters = "\\\" \ta";
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> arguments(1 + random() % 3);
    for (std::string& argument : arguments) {
      for (std::size_t i = random() % 8; i > 0; --i) {
        argument += letters[random() % letters.size()];
      }
    }
    REQUIRE(readBack(arguments) == arguments);
  }
}
