// What a status code of Open, of a tool or of Perflib means (Win32 codes, HRESULTs of the Win32
// facility, exception codes).
#pragma once

#include "core/causes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imshealth {

struct StatusRow {
  std::uint32_t code;
  std::string_view name;     ///< "ERROR_FILE_NOT_FOUND"
  std::string_view meaning;  ///< what it says about a counter library, without a full stop
  Cause cause;               ///< where nothing else explains the failure
};

/// The row of this code, of an HRESULT 0x8007xxxx by its low word; nullptr: not in the table.
const StatusRow* findStatus(std::uint32_t status);

/// The cause that a status stands for when nothing else explains the failure. A code that the table
/// does not know is openFailed: the library opens, says no, and that is just what article Q256927
/// was written for.
Cause causeOf(std::uint32_t status);

/// Decimal up to 65535, else "0x%08X"; "none" where there is none.
std::string formatStatus(std::optional<std::uint32_t> status);
/// "127 (ERROR_PROC_NOT_FOUND)"; the code alone where it has no name here.
std::string describeStatus(std::uint32_t status);

}  // namespace imshealth
