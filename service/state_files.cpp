#include "service/state_files.h"

#include "service/win32/file_io.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <fmt/format.h>

namespace imshealth {
namespace {

constexpr std::uint64_t largestState = 16 * 1024 * 1024;
constexpr DWORD longestWait = 5000;  // milliseconds

}  // namespace

std::string FolderStateFiles::path(Generation generation) const {
  return folder_ + (generation == Generation::current ? "\\state.json" : "\\state.previous.json");
}

Result<std::string> FolderStateFiles::read(Generation generation) const {
  const std::string file = path(generation);
  auto text = readWholeFile(file, largestState);
  if (!text) {
    // "Access denied", says the system, as if that could pass.
    const DWORD attributes = GetFileAttributesW(toWide(file).c_str());
    if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
      return Error(ErrorKind::unsupported, file, 0, "a folder, not a file");
    }
  }
  return text;
}

// At no moment is there a time without a whole current file: the old one is copied, not moved, to
// become the previous generation. A crash leaves at most a .new file, which the next call
// replaces.
Result<void> FolderStateFiles::replace(const std::string& text) {
  const std::string current = path(Generation::current);
  const std::string previous = path(Generation::previous);
  if (auto written = writeFreshFile(current + ".new", text); !written) {
    return written;
  }
  if (const auto old = read(Generation::current)) {
    if (auto written = writeFreshFile(previous + ".new", *old); !written) {
      return written;
    }
    if (auto moved = moveOver(previous + ".new", previous); !moved) {
      return moved;
    }
  } else if (old.error().kind != ErrorKind::missing) {
    return old.error();
  }
  return moveOver(current + ".new", current);
}

Result<std::string> FolderStateFiles::setAside(Generation generation) {
  return moveAside(path(generation), "damaged");
}

Result<void> FolderStateFiles::lock() {
  return mutex_.acquire(longestWait);
}

void FolderStateFiles::unlock() {
  mutex_.release();
}

}  // namespace imshealth
