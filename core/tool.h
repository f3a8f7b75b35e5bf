// A program of Windows that the engine starts, and how it ended. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace imshealth {

/// A tool of Windows with its arguments; never a shell.
struct ToolCommand {
  std::string program;                 ///< absolute path in the system directory
  std::vector<std::string> arguments;  ///< unquoted
  std::string workingDirectory;        ///< absolute

  /// As a person would type it: file name without folder and quoted arguments.
  std::string display() const;
  bool operator==(const ToolCommand&) const = default;
};

enum class ToolEnd { exited, timedOut, stopped };

struct ToolResult {
  ToolEnd end = ToolEnd::exited;
  std::uint32_t exitCode = 0;  ///< evidence, not proof: a tool may well fail and answer 0
  std::string output;          ///< at most 64 KB, decoded to UTF-8
};

}  // namespace imshealth
