// Prints config/README.md: policy_reference > config/README.md
#include "tests/config/policy_reference.h"

#include <cstdio>

int main() {
  const std::string text = imshealth::test::policyReference();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
