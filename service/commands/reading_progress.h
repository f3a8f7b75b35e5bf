// A line on a terminal that shows how far the reading of a file has got, for files that take their
// time.
#pragma once

#include "core/saved_log.h"
#include "service/command_line.h"

#include <chrono>
#include <string>

namespace imshealth {

/// The line; at most 79 characters, so that it stays one on a terminal of 80.
std::string progressLine(const std::string& file, const ReadingProgress&);

/// Shown on `io.err` of a terminal where reading takes longer than `patience`; taken away at the
/// end.
class ProgressLine {
 public:
  ProgressLine(const CommandIo& io, std::string file,
               std::chrono::milliseconds patience = std::chrono::seconds(1))
      : io_(io), file_(std::move(file)), next_(std::chrono::steady_clock::now() + patience) {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Empty where nobody looks.
  ReportProgress report();

 private:
  void show(const ReadingProgress&);

  const CommandIo& io_;
  std::string file_;
  std::chrono::steady_clock::time_point next_;
  std::size_t shown_ = 0;  ///< characters
};

}  // namespace imshealth
