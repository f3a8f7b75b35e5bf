// The one table of causes: code, what it means, Microsoft's article, what mends it, and whether the
// repair of article Q256927 can cure it. Documentation, JSON and alerts are made from these rows.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace imshealth {

/// In the order of precedence of the table.
enum class Cause {
  untrustedPath,
  serviceNotInstalled,
  clusterNode,
  terminalServerExecuteMode,
  machineWideFault,
  countersDisabled,
  libraryUnreadable,
  libraryWrongMachine,
  libraryExportMissing,
  dependencyMissing,
  counterFileMissing,
  counterFileInvalid,
  symbolFileMissing,
  textFilesNotWritable,
  counterRangeUnsafe,
  openCrashed,
  openTimedOut,
  accessDenied,
  providerNotReady,
  unknown,
  libraryMissing,
  libraryWrongVersion,
  libraryDiffersFromTrustedCopy,
  libraryNotRegistered,
  performanceKeyIncomplete,
  countersNotLoaded,
  countersInconsistent,
  openFailed,
};

enum class Cure {
  none,             ///< always an alert
  withTrustedCopy,  ///< only where the policy names a trusted copy
  repair,           ///< the steps of article Q256927
};

struct CauseRow {
  Cause cause;
  std::string_view code;
  std::string_view meaning;  ///< one sentence without a full stop
  std::string_view article;  ///< "Q163727"; empty: none known
  std::string_view remedy;   ///< what a person or the repair does about it
  Cure cure;
};

std::span<const CauseRow> causesTable();
const CauseRow& rowOf(Cause);
std::string_view toString(Cause);
std::optional<Cause> causeFromCode(std::string_view code);

}  // namespace imshealth
