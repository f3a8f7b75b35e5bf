// What imshealth repair came to with one counter service, as people and programs read it.
#pragma once

#include "core/decide.h"
#include "core/state.h"
#include "service/command_line.h"

#include <optional>
#include <string>
#include <vector>

namespace imshealth {

struct Repaired {
  std::string counterService;
  std::string heading;  ///< for people, see core/heading.h
  std::string result;   ///< repaired, failed, notNeeded, refused, planned
  std::string reason;   ///< why it came to that: a word where it is refused
  std::string found;    ///< what is to be repaired, where nothing was
  std::vector<StepReport> steps;
  std::optional<bool> rolledBack;  ///< of a repair that failed
  std::optional<Time> notBefore;   ///< of one that the limits refuse; absent: not before a reset
  std::string wayOn;               ///< what ends the refusal, or stands in the way, for a person
};

/// Where nothing but policy or limits refuse: what ends it, a time or a person's word.
void sayWhatEndsIt(Repaired&, Verdict, std::optional<Time> permittedFrom);

/// Nothing is left to repair.
bool isInOrder(const Repaired&);

/// As a text, or as one JSON document.
void write(CommandIo&, const std::vector<Repaired>&, bool json);

}  // namespace imshealth
