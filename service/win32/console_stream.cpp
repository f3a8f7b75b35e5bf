#include "service/win32/console_stream.h"

#include "service/win32/text.h"

#include <algorithm>

namespace imshealth {
namespace {

constexpr std::size_t longestPending = 8192;  // WriteConsole fails beyond about 26,000 characters

/// There was no standard output from the start, or its reader has seen enough.
bool nobodyReads(DWORD code) {
  return code == ERROR_INVALID_HANDLE || code == ERROR_BROKEN_PIPE || code == ERROR_NO_DATA;
}

}  // namespace

ConsoleBuffer::ConsoleBuffer(DWORD standardHandle) : handle_(GetStdHandle(standardHandle)) {
  DWORD mode = 0;
  terminal_ = GetConsoleMode(handle_, &mode) != FALSE;
  constexpr DWORD virtualTerminalProcessing = 0x0004;
  colour_ = terminal_ && SetConsoleMode(handle_, mode | virtualTerminalProcessing) != FALSE;
}

ConsoleBuffer::~ConsoleBuffer() {
  writeOut();
}

ConsoleBuffer::int_type ConsoleBuffer::overflow(int_type c) {
  if (c != traits_type::eof()) {
    const char text = traits_type::to_char_type(c);
    xsputn(&text, 1);
  }
  return traits_type::not_eof(c);
}

std::streamsize ConsoleBuffer::xsputn(const char* text, std::streamsize size) {
  pending_.append(text, static_cast<std::size_t>(size));
  if (pending_.size() >= longestPending) {
    writeOut();
  }
  return size;
}

int ConsoleBuffer::sync() {
  writeOut();
  return failed_ ? -1 : 0;
}

void ConsoleBuffer::writeOut() {
  if (terminal_) {
    for (std::size_t at = 0; at < pending_.size();) {
      std::size_t size = std::min(longestPending, pending_.size() - at);
      while (at + size < pending_.size() && (pending_[at + size] & 0xC0) == 0x80) {
        --size;  // not in the middle of a character
      }
      const std::wstring wide = toWide(std::string_view(pending_).substr(at, size));
      DWORD written = 0;
      WriteConsoleW(handle_, wide.data(), static_cast<DWORD>(wide.size()), &written, nullptr);
      at += size;
    }
  } else {
    std::string text;
    text.reserve(pending_.size());
    for (const char c : pending_) {
      if (c == '\n') {
        text += '\r';
      }
      text += c;
    }
    for (std::size_t at = 0; at < text.size();) {
      DWORD written = 0;
      const bool done = WriteFile(handle_, text.data() + at, static_cast<DWORD>(text.size() - at),
                                  &written, nullptr) != FALSE;
      if (!done || written == 0) {
        failed_ = failed_ || done || !nobodyReads(GetLastError());
        break;
      }
      at += written;
    }
  }
  pending_.clear();
}

}  // namespace imshealth
