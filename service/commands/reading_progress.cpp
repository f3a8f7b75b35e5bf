#include "service/commands/reading_progress.h"

#include "core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace imshealth {
namespace {

constexpr std::size_t barWidth = 20;
constexpr std::size_t mostOfName = 28;

std::size_t charactersIn(const std::string& utf8) {
  std::size_t count = 0;
  for (const char c : utf8) {
    count += (c & 0xC0) != 0x80 ? 1 : 0;
  }
  return count;
}

/// The end of a path says more than its beginning.
std::string shortened(const std::string& file) {
  std::string name = printable(file);
  const std::size_t length = charactersIn(name);
  if (length <= mostOfName) {
    return name;
  }
  std::size_t leave = length - (mostOfName - 3);
  std::size_t at = 0;
  while (at < name.size() && (leave != 0 || (name[at] & 0xC0) == 0x80)) {
    leave -= (name[at] & 0xC0) != 0x80 ? 1 : 0;
    ++at;
  }
  return "..." + name.substr(at);
}

}  // namespace

std::string progressLine(const std::string& file, const ReadingProgress& progress) {
  std::string line = shortened(file);
  if (progress.percent) {
    const std::size_t full = barWidth * *progress.percent / 100;
    line += fmt::format(" [{:<{}}] {:>3} %", std::string(full, '#'), barWidth, *progress.percent);
  }
  return line + fmt::format(" {:>10} records", progress.records);
}

/// With blanks, since consoles before Windows 10 know no other way.
ProgressLine::~ProgressLine() {
  if (shown_ != 0) {
    io_.err << '\r' << std::string(shown_, ' ') << '\r' << std::flush;
  }
}

ReportProgress ProgressLine::report() {
  if (!io_.terminal) {
    return {};
  }
  return [this](const ReadingProgress& progress) { show(progress); };
}

void ProgressLine::show(const ReadingProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) {
    return;
  }
  next_ = now + std::chrono::milliseconds(200);
  const std::string line = progressLine(file_, progress);
  const std::size_t length = charactersIn(line);
  const std::string blanks(shown_ > length ? shown_ - length : 0, ' ');
  io_.err << '\r' << line << blanks << std::flush;
  shown_ = std::max(shown_, length);
}

}  // namespace imshealth
