#include "core/status_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imshealth {
namespace {

constexpr std::array kTable = std::to_array<StatusRow>({
    {0, "ERROR_SUCCESS", "success, which does not go with a failed Open", Cause::unknown},
    {2, "ERROR_FILE_NOT_FOUND",
     "the library, an index value or the shared memory of the service is not there",
     Cause::openFailed},
    {3, "ERROR_PATH_NOT_FOUND", "a path is wrong: a drive letter changed or Exchange was moved",
     Cause::unknown},
    {5, "ERROR_ACCESS_DENIED", "the program that asked lacks rights", Cause::accessDenied},
    {8, "ERROR_NOT_ENOUGH_MEMORY", "memory ran short", Cause::unknown},
    {14, "ERROR_OUTOFMEMORY", "memory ran short", Cause::unknown},
    {21, "ERROR_NOT_READY", "the service behind the counters is not ready",
     Cause::providerNotReady},
    {32, "ERROR_SHARING_VIOLATION", "a file is held open by another program",
     Cause::textFilesNotWritable},
    {87, "ERROR_INVALID_PARAMETER", "library and counter file may be of different versions",
     Cause::unknown},
    {112, "ERROR_DISK_FULL",
     "the text files are missing, damaged or not accessible, or the disk is full",
     Cause::textFilesNotWritable},
    {126, "ERROR_MOD_NOT_FOUND", "a library that it depends on is missing",
     Cause::dependencyMissing},
    {127, "ERROR_PROC_NOT_FOUND", "a library that it depends on is of another version",
     Cause::dependencyMissing},
    {183, "ERROR_ALREADY_EXISTS", "the text files cannot be renamed: read-only or held open",
     Cause::textFilesNotWritable},
    {193, "ERROR_BAD_EXE_FORMAT", "a truncated file, or one for another processor",
     Cause::libraryUnreadable},
    {998, "ERROR_NOACCESS", "the start of the library or of one that it depends on failed",
     Cause::dependencyMissing},
    {1003, "ERROR_CAN_NOT_COMPLETE",
     "could not complete; documented where a component is of an older service pack",
     Cause::dependencyMissing},
    {1010, "ERROR_BADKEY", "the lists of counter texts are badly formed",
     Cause::counterRangeUnsafe},
    {1062, "ERROR_SERVICE_NOT_ACTIVE", "the service behind the counters is not started",
     Cause::providerNotReady},
    {1114, "ERROR_DLL_INIT_FAILED", "the start of the library or of one that it depends on failed",
     Cause::dependencyMissing},
    {1450, "ERROR_NO_SYSTEM_RESOURCES", "system resources ran short", Cause::unknown},
    {0x6B5, "RPC_S_UNKNOWN_IF", "the service behind the counters does not answer",
     Cause::providerNotReady},
    {0x6BA, "RPC_S_SERVER_UNAVAILABLE", "the service behind the counters is not there",
     Cause::providerNotReady},
    {0x6BB, "RPC_S_SERVER_TOO_BUSY", "the service behind the counters is too busy",
     Cause::providerNotReady},
    {0x6BE, "RPC_S_CALL_FAILED", "the service behind the counters ended during the call",
     Cause::providerNotReady},
    {0x6BF, "RPC_S_CALL_FAILED_DNE", "the service behind the counters did not take the call",
     Cause::providerNotReady},
    {2138, "NERR_WkstaNotStarted", "the workstation service is not started",
     Cause::providerNotReady},
    {0xC0000005, "STATUS_ACCESS_VIOLATION", "a defect in the library's code", Cause::openCrashed},
});

}  // namespace

const StatusRow* findStatus(std::uint32_t status) {
  const std::uint32_t code = (status & 0xFFFF0000U) == 0x80070000U ? status & 0xFFFFU : status;
  const auto row = std::ranges::find(kTable, code, &StatusRow::code);
  return row == kTable.end() ? nullptr : &*row;
}

Cause causeOf(std::uint32_t status) {
  const StatusRow* row = findStatus(status);
  return row == nullptr ? Cause::openFailed : row->cause;
}

std::string formatStatus(std::optional<std::uint32_t> status) {
  if (!status) {
    return "none";
  }
  return *status <= 65535 ? fmt::format("{}", *status) : fmt::format("0x{:08X}", *status);
}

std::string describeStatus(std::uint32_t status) {
  const StatusRow* row = findStatus(status);
  return row == nullptr ? formatStatus(status)
                        : fmt::format("{} ({})", formatStatus(status), row->name);
}

}  // namespace imshealth
