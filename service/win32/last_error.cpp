#include "service/win32/last_error.h"

#include "service/win32/handles.h"
#include "service/win32/text.h"

namespace imshealth {

ErrorKind kindOf(DWORD code) {
  switch (code) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_MOD_NOT_FOUND:
    case ERROR_PROC_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_SERVICE_DOES_NOT_EXIST: return ErrorKind::missing;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
    case ERROR_WRITE_PROTECT: return ErrorKind::accessDenied;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_BUSY:
    case ERROR_SERVICE_MARKED_FOR_DELETE: return ErrorKind::inUse;
    case ERROR_TIMEOUT:
    case WAIT_TIMEOUT:
    case ERROR_SERVICE_REQUEST_TIMEOUT: return ErrorKind::timedOut;
    case ERROR_CRC:
    case ERROR_BAD_EXE_FORMAT:
    case ERROR_BAD_FORMAT:
    case ERROR_FILE_CORRUPT:
    case ERROR_EVENTLOG_FILE_CORRUPT:
    case ERROR_BADDB: return ErrorKind::corrupt;
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_INVALID_FUNCTION: return ErrorKind::unsupported;
    case ERROR_INVALID_HANDLE:
    case ERROR_NOT_READY:
    case ERROR_SERVICE_NOT_ACTIVE:
    case RPC_S_SERVER_UNAVAILABLE:
    case RPC_S_SERVER_TOO_BUSY:
    case RPC_S_CALL_FAILED: return ErrorKind::unavailable;
    case ERROR_OPERATION_ABORTED:
    case ERROR_CANCELLED: return ErrorKind::stopped;
    default: return ErrorKind::internal;
  }
}

std::string systemMessage(DWORD code) {
  UniqueLocal text;
  const DWORD length =
      FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                         FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,  // one line
                     nullptr, code, 0, reinterpret_cast<LPWSTR>(text.put()), 0, nullptr);
  std::string message = toUtf8({static_cast<const wchar_t*>(text.get()), length});
  while (!message.empty() && (message.back() == ' ' || message.back() == '.')) {
    message.pop_back();
  }
  return message.empty() ? "error " + std::to_string(code) : message;
}

Error windowsError(std::string where, DWORD code) {
  return Error(kindOf(code), std::move(where), code, systemMessage(code));
}

Error lastError(std::string where) {
  return windowsError(std::move(where), GetLastError());
}

}  // namespace imshealth
