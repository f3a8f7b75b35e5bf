// The wall clock of the machine.
#pragma once

#include "core/ports.h"

namespace imshealth {

class SystemClock : public Clock {
 public:
  Time now() const override;
  /// By the rules of the time zone for that very date, not by today's offset.
  LocalTime local(Time) const override;
};

}  // namespace imshealth
