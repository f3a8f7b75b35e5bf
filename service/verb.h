// One verb of the command line: what may follow it, and what it does. CLI11 is behind it and
// included by command_line.cpp alone: in every file that includes it, it makes eight
// objects before main.
#pragma once

#include "service/command_line.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace imshealth {

/// A handle: copies mean the same verb. Lives as long as the command line is parsed; the values it
/// fills in must live until the action has run.
class Verb {
 public:
  /// The whole program is the verb of verbs. `action` is set by the verb that was given.
  Verb(CLI::App& app, std::function<int(CommandIo&)>& action);

  /// A verb after this one.
  Verb verb(const char* name, const char* description) const;
  /// Nothing without a verb after it.
  void needsVerb() const;
  /// Not in the help.
  void hide() const;

  enum class Given { optional, required };

  /// `names` is "--policy", or "FILE" for an argument without a name, or both: "FILE,--policy".
  void option(const char* names, std::string& value, const char* description) const;
  /// May be given more than once.
  void option(const char* names, std::vector<std::string>& values, const char* description,
              Given given = Given::optional) const;
  /// Stays empty where it is not given.
  void option(const char* names, std::optional<std::string>& value, const char* description) const;
  /// One of these words.
  void option(const char* names, std::string& value, std::vector<std::string> words,
              const char* description) const;
  void option(const char* names, std::optional<std::string>& value, std::vector<std::string> words,
              const char* description) const;
  void flag(const char* names, bool& value, const char* description) const;

  /// Returns the exit code.
  void does(std::function<int(CommandIo&)> action) const;

 private:
  CLI::App* app_;
  std::function<int(CommandIo&)>* action_;
};

}  // namespace imshealth
