// Standard output and standard error in UTF-8: a console gets UTF-16 through WriteConsole, so that
// no code page matters; a file or pipe gets the bytes, with Windows line ends. What cannot be
// written fails at the next flush.
#pragma once

#include "service/win32/sdk.h"

#include <ostream>
#include <streambuf>
#include <string>

namespace imshealth {

class ConsoleBuffer : public std::streambuf {
 public:
  explicit ConsoleBuffer(DWORD standardHandle);
  ~ConsoleBuffer() override;
  ConsoleBuffer(const ConsoleBuffer&) = delete;
  ConsoleBuffer& operator=(const ConsoleBuffer&) = delete;

  bool isTerminal() const { return terminal_; }
  bool takesColour() const { return colour_; }

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  void writeOut();

  HANDLE handle_;  // the process's own; not closed
  bool terminal_ = false;
  bool colour_ = false;
  std::string pending_;
  bool failed_ = false;  ///< something was not written that somebody waits for
};

class ConsoleStream : public std::ostream {
 public:
  explicit ConsoleStream(DWORD standardHandle) : std::ostream(nullptr), buffer_(standardHandle) {
    rdbuf(&buffer_);
  }
  bool isTerminal() const { return buffer_.isTerminal(); }
  /// ANSI colours: Windows 10 and later.
  bool takesColour() const { return buffer_.takesColour(); }

 private:
  ConsoleBuffer buffer_;
};

}  // namespace imshealth
