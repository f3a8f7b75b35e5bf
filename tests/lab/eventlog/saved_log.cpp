#include "tests/lab/eventlog/saved_log.h"

#include <cstring>

namespace lab {
namespace {

// As in an .evtx.
constexpr char signature[8] = "ElfFile";
constexpr std::size_t flagsAt = 120;
constexpr std::size_t headerBytes = 4096;
// The lab's own.
constexpr char labSignature[8] = {'I', 'M', 'S', 'L', 'A', 'B', '0', '1'};
constexpr std::size_t labSignatureAt = 128;

class File {
 public:
  File(const wchar_t* path, DWORD access, DWORD disposition)
      : handle_(CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                            nullptr, disposition, FILE_ATTRIBUTE_NORMAL, nullptr)) {}
  ~File() {
    if (isOpen()) {
      CloseHandle(handle_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool isOpen() const { return handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

bool isWhole(const RecordHead& head, std::size_t room) {
  const std::uint64_t texts =
      std::uint64_t{head.sourceLength} + head.computerLength + head.stringsLength;
  return head.size <= room && head.size % 8 == 0 &&
         sizeof head + 2 * texts + head.sidLength + head.dataLength <= head.size;
}

}  // namespace

DWORD openSavedLog(const wchar_t* path, SavedLog& log) {
  const File file(path, GENERIC_READ, OPEN_EXISTING);
  if (!file.isOpen()) {
    return GetLastError();
  }
  const DWORD size = GetFileSize(file.get(), nullptr);
  std::vector<std::uint64_t> words(size / 8);  // aligned for RecordHead
  DWORD read = 0;
  if (!ReadFile(file.get(), words.data(), static_cast<DWORD>(8 * words.size()), &read, nullptr)) {
    return GetLastError();
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(words.data());
  if (read < headerBytes || std::memcmp(bytes, signature, sizeof signature) != 0) {
    return ERROR_INVALID_DATA;
  }
  if (std::memcmp(bytes + labSignatureAt, labSignature, sizeof labSignature) != 0) {
    return ERROR_EVENTLOG_FILE_CORRUPT;
  }
  for (std::size_t at = headerBytes; at < read;) {
    const auto& head = *reinterpret_cast<const RecordHead*>(bytes + at);
    if (read - at < sizeof head || !isWhole(head, read - at)) {
      log.broken = ERROR_EVENTLOG_FILE_CORRUPT;
      break;
    }
    decode(head, log.events.emplace_back());
    at += head.size;
  }
  return 0;
}

DWORD saveLog(const std::wstring& path, bool closedCleanly) {
  std::vector<std::uint8_t> bytes(headerBytes);
  std::memcpy(bytes.data(), signature, sizeof signature);
  bytes[flagsAt] = closedCleanly ? 0 : 1;
  std::memcpy(bytes.data() + labSignatureAt, labSignature, sizeof labSignature);
  Store& store = Store::instance();
  {
    StoreLock guard(store);
    const auto [oldest, next] = store.range();
    std::vector<std::uint8_t> record;
    for (std::uint64_t number = oldest; number < next; ++number) {
      if (store.copy(number, record)) {
        bytes.insert(bytes.end(), record.begin(), record.end());
      }
    }
  }
  const File file(path.c_str(), GENERIC_WRITE, CREATE_ALWAYS);
  DWORD written = 0;
  if (!file.isOpen() ||
      !WriteFile(file.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr)) {
    return GetLastError();
  }
  return 0;
}

}  // namespace lab
