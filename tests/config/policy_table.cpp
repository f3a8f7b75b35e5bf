#include "tests/config/policy_table.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace imshealth::test {

std::string readSourceFile(const std::string& file) {
  std::ifstream in(std::string(IMSHEALTH_SOURCE_DIR "/") + file, std::ios::binary);
  if (!in)
    throw std::runtime_error("cannot read " + file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<PolicyCase> readPolicyTable(const std::string& file) {
  std::istringstream lines(readSourceFile(file));
  std::vector<PolicyCase> cases;
  bool inText = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", {}});
      inText = true;
    } else if (line == "---") {
      inText = false;
    } else if (inText) {
      cases.back().text += line + "\n";
    } else if (!line.empty() && !cases.empty()) {
      cases.back().expected.push_back(line);
    }
  }
  return cases;
}

}  // namespace imshealth::test
