// Prints the sample of tests/core/metrics_sample.h, for promtool and for the checks of rules and
// dashboard.
#include "tests/core/metrics_sample.h"

#include <iostream>

int main() {
  std::cout << imshealth::sampleMetrics();
}
