// The tables of policies in tests/config/data: cases as text, so that a new one needs no code.
//
//   === name of the case
//   the policy, any lines
//   ---
//   error 3:11 the message
//   warning 5:4 the message
//
// What is listed is all that may be said about the policy, in this order.
#pragma once

#include <string>
#include <vector>

namespace imshealth::test {

struct PolicyCase {
  std::string name;
  std::string text;
  std::vector<std::string> expected;
};

/// `file` is a path below the source folder. Throws where there is no such table.
std::vector<PolicyCase> readPolicyTable(const std::string& file);

std::string readSourceFile(const std::string& file);

}  // namespace imshealth::test
