// What holds between the numbers, texts and files of a service whose counters are loaded properly:
//  1. Perflib: Last Help = Last Counter + 1, neither is zero (Q170840).
//  2. The service has all four index values. They are ordered, the counters even, each help = its
//  counter + 1.
//  3. Last Counter - First Counter = the largest offset in the symbol file (Q192742).
//  4. First Counter lies behind the system's own counters (Q179456).
//  5. The service's Last values are not above Perflib's.
//  6. Its range overlaps neither another service's (Q237541) nor the system's own.
//  7. Each index of its range has a name and a help text, and the lists are well formed (Q152513).
//  8. The name at First Counter is that of the object in the counter file: finds ranges that were
//  shifted (Q237541).
//  9. The highest name in the list has the index Perflib Last Counter (LoadPerf 3000).
// 10. The indexes of Object List are even and lie within the range.
#pragma once

#include "core/facts.h"

#include <string>
#include <vector>

namespace imshealth {

/// Empty: sound. Of a service that is not loaded only what all services share is judged.
std::vector<Violation> brokenInvariants(const std::string& service, const IndexSpace&,
                                        const PerformanceKey&, const CounterFileFacts&);

}  // namespace imshealth
