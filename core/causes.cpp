#include "core/causes.h"

#include <algorithm>
#include <array>

namespace imshealth {
namespace {

// In the order of the enumeration, which is the order of precedence.
constexpr std::array<CauseRow, 28> kTable{{
    {Cause::untrustedPath, "untrustedPath",
     "a file or folder on the way can be changed by accounts that are not trusted", "",
     "take write, delete and change-permission rights from everyone but SYSTEM and Administrators, "
     "and keep the files on a "
     "local fixed disk below the Exchange root",
     Cure::none},
    {Cause::serviceNotInstalled, "serviceNotInstalled",
     "the service itself is not installed, so that its counters cannot open", "Q163727",
     "install the connector, which brings what else is missing, or take the counter service out of "
     "the policy",
     Cure::none},
    {Cause::clusterNode, "clusterNode",
     "the server is a cluster node, where replication overwrites the counter values of a repair",
     "Q237541",
     "stop the replication of the Performance keys and load the counters on each node by hand",
     Cure::none},
    {Cause::terminalServerExecuteMode, "terminalServerExecuteMode",
     "the Terminal Server is in execute mode, where lodctr works on the wrong Windows folder",
     "Q187082", "run change user /install, then repair, then change user /execute", Cure::none},
    {Cause::machineWideFault, "machineWideFault",
     "several counter services fail at the same time, which no repair of one service can cure",
     "Q174690",
     "look for what they have in common, such as link monitors or an exhausted system; restart the "
     "server",
     Cure::none},
    {Cause::countersDisabled, "countersDisabled",
     "the counters of the service are switched off by Disable Performance Counters", "Q248993",
     "find out why they were switched off, then set the value to 0", Cure::none},
    {Cause::libraryUnreadable, "libraryUnreadable",
     "the counter library is not a readable program file", "",
     "restore the library from the Exchange installation or service pack", Cure::none},
    {Cause::libraryWrongMachine, "libraryWrongMachine",
     "the counter library is made for another processor or word size", "",
     "restore the library of this platform from the Exchange installation", Cure::none},
    {Cause::libraryExportMissing, "libraryExportMissing",
     "the counter library does not export a procedure that the Performance key names", "Q246337",
     "make library and Performance key of one version: restore the library from the service pack "
     "that is installed",
     Cure::none},
    {Cause::dependencyMissing, "dependencyMissing",
     "a library that the counter library depends on is missing, of another version, or fails to "
     "start",
     "Q193899", "restore the missing library, or apply the service pack again", Cure::none},
    {Cause::counterFileMissing, "counterFileMissing",
     "the counter file that lodctr reads is missing", "Q156494",
     "copy the counter file from the Exchange installation into its folder", Cure::none},
    {Cause::counterFileInvalid, "counterFileInvalid",
     "the counter file or its symbol file would make lodctr fail or damage other counters",
     "Q170840", "restore both files from the Exchange installation; remove languages without texts",
     Cure::none},
    {Cause::symbolFileMissing, "symbolFileMissing",
     "the symbol file that belongs to the counter file is missing", "Q169659",
     "copy the symbol file from the Exchange installation beside the counter file", Cure::none},
    {Cause::textFilesNotWritable, "textFilesNotWritable",
     "the files with the counter texts are missing, read-only or held open by another program",
     "Q251181",
     "clear the read-only attribute, stop the program that holds the files (SNMP, monitors, virus "
     "scanners), or restore the missing ones from a backup",
     Cure::none},
    {Cause::counterRangeUnsafe, "counterRangeUnsafe",
     "counter ranges, texts and Perflib's totals do not fit together, so that unlodctr or lodctr "
     "would delete or overwrite texts of other products",
     "Q300956",
     "back up all, mend by hand what the evidence names, remove the service's index values where "
     "there are any, then load the counters afresh",
     Cure::none},
    {Cause::openCrashed, "openCrashed", "the counter library crashes when it is opened", "Q297828",
     "replace the library; until then set Disable Performance Counters to 1", Cure::none},
    {Cause::openTimedOut, "openTimedOut", "the counter library does not return from its procedures",
     "Q174690", "restart the service or the server that it waits for; look for hung connections",
     Cure::none},
    {Cause::accessDenied, "accessDenied",
     "the program that asked for the counters lacks the rights to read them", "Q152513",
     "give that account read access to the Performance key and the Perflib key", Cure::none},
    {Cause::providerNotReady, "providerNotReady",
     "the service behind the counters is not ready to deliver them", "Q201638",
     "start the service, or wait until it has started", Cure::none},
    {Cause::unknown, "unknown", "no cause was found that a repair could mend", "",
     "look at the neighbouring events of the same second", Cure::none},
    {Cause::libraryMissing, "libraryMissing", "the file of the counter library is missing",
     "KB942393",
     "restore the library from the trusted copy, or from the Exchange installation or service pack",
     Cure::withTrustedCopy},
    {Cause::libraryWrongVersion, "libraryWrongVersion",
     "the counter library is not of a version that the policy names", "Q167635",
     "restore the library from the trusted copy, or from the Exchange installation or service pack",
     Cure::withTrustedCopy},
    {Cause::libraryDiffersFromTrustedCopy, "libraryDiffersFromTrustedCopy",
     "the counter library is not the same as the trusted copy", "Q256927",
     "restore the library from the trusted copy, or from the Exchange installation or service pack",
     Cure::withTrustedCopy},
    {Cause::libraryNotRegistered, "libraryNotRegistered",
     "the Performance key does not name a counter library", "Q256927",
     "register the library with regsvr32, or restore the Performance key by Exchange setup",
     Cure::repair},
    {Cause::performanceKeyIncomplete, "performanceKeyIncomplete",
     "values of the Performance key are missing or malformed", "Q300956",
     "register the library, remove what is left of the index values, and load the counters",
     Cure::repair},
    {Cause::countersNotLoaded, "countersNotLoaded", "the counters of the service are not loaded",
     "Q256927", "load the counters with lodctr", Cure::repair},
    {Cause::countersInconsistent, "countersInconsistent",
     "the index values of the counters contradict each other", "Q256927",
     "unload the counters with unlodctr and load them with lodctr", Cure::repair},
    {Cause::openFailed, "openFailed",
     "the counter library refuses to open, though nothing else is wrong", "Q256927",
     "register the library, unload and load its counters", Cure::repair},
}};

constexpr bool inOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].cause) != i) {
      return false;
    }
  }
  return true;
}
static_assert(inOrder(), "the table stands in the order of the enumeration");

}  // namespace

std::span<const CauseRow> causesTable() {
  return kTable;
}

const CauseRow& rowOf(Cause cause) {
  return kTable[static_cast<std::size_t>(cause)];
}

std::string_view toString(Cause cause) {
  return rowOf(cause).code;
}

std::optional<Cause> causeFromCode(std::string_view code) {
  const auto row = std::ranges::find(kTable, code, &CauseRow::code);
  return row == kTable.end() ? std::nullopt : std::optional(row->cause);
}

}  // namespace imshealth
