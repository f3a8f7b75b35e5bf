#include "service/command_line.h"

#include "core/version.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/verb.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <ostream>
#include <streambuf>
#include <string_view>
#include <type_traits>
#include <utility>

namespace imshealth {
namespace {

/// Not CLI11's templates for values of any type: all that is taken here is text, and they cost
/// 10 KB.
CLI::Option* add(CLI::App& app, const char* names, const char* description, CLI::callback_t take) {
  return app.add_option(names, std::move(take), description)->type_name("TEXT");
}

template <class Value>
CLI::callback_t into(Value& value) {
  return [&value](const CLI::results_t& given) {
    if constexpr (std::is_same_v<Value, CLI::results_t>) {
      value = given;
    } else {
      value = given.back();
    }
    return true;
  };
}

void limit(CLI::Option* option, std::vector<std::string> words) {
  const std::string all = "{" + CLI::detail::join(words) + "}";
  option->check(
      [words = std::move(words), all](const std::string& word) {
        return std::ranges::find(words, word) == words.end() ? word + " not in " + all : "";
      },
      all);
}

}  // namespace

Verb::Verb(CLI::App& app, std::function<int(CommandIo&)>& action) : app_(&app), action_(&action) {}

Verb Verb::verb(const char* name, const char* description) const {
  return Verb(*app_->add_subcommand(name, description), *action_);
}

void Verb::needsVerb() const {
  app_->require_subcommand(1);
}

void Verb::hide() const {
  app_->group("");
}

void Verb::option(const char* names, std::string& value, const char* description) const {
  add(*app_, names, description, into(value));
}

void Verb::option(const char* names, std::vector<std::string>& values, const char* description,
                  Given given) const {
  add(*app_, names, description, into(values))
      ->expected(CLI::detail::expected_max_vector_size)
      ->required(given == Given::required);
}

void Verb::option(const char* names, std::string& value, std::vector<std::string> words,
                  const char* description) const {
  limit(add(*app_, names, description, into(value)), std::move(words));
}

void Verb::option(const char* names, std::optional<std::string>& value,
                  const char* description) const {
  add(*app_, names, description, into(value));
}

void Verb::option(const char* names, std::optional<std::string>& value,
                  std::vector<std::string> words, const char* description) const {
  limit(add(*app_, names, description, into(value)), std::move(words));
}

void Verb::flag(const char* names, bool& value, const char* description) const {
  app_->add_flag_callback(
      names, [&value] { value = true; }, description);
}

void Verb::does(std::function<int(CommandIo&)> action) const {
  app_->callback([to = action_, action = std::move(action)] { *to = action; });
}

namespace {

/// For a person: what to type instead, or where that stands. Empty: help or version, as asked for.
std::string whyNotParsed(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* last = &app;
  std::string verbs = app.get_name();
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    verbs += " " + last->get_name();
  }
  // CLI11 misses a verb, or sees --help, before it looks at the word that stands in its place.
  const auto unknown = app.remaining(true);
  const bool needsVerb = last->get_require_subcommand_min() != 0;
  const bool noWord = unknown.empty() || unknown.front().starts_with('-');
  const int code = error.get_exit_code();
  if (code == 0 && (!needsVerb || noWord)) {
    return {};
  }
  if (code != 0 && code != static_cast<int>(CLI::ExitCodes::RequiredError)) {
    return std::string(error.what()) + "; see " + verbs + " --help";
  }
  if (!needsVerb) {
    return "name at least one file: " + verbs + " FILE...; see " + verbs + " --help";
  }
  if (noWord) {
    return "say which command; " + verbs + " --help lists them";
  }
  if (last == &app && needsWindows(unknown.front())) {
    return unknown.front() + " needs Windows; " + verbs + " --help lists what does not";
  }
  return "there is no command \"" + unknown.front() + "\" here; " + verbs + " --help lists them";
}

}  // namespace

namespace {

int parseAndAct(const std::vector<std::string>& arguments, CommandIo& io) {
  CLI::App app(
      "IMS Health Monitor: hears Perflib event 1008 for the Internet Mail Service and repairs its "
      "counters",
      "imshealth");
  app.set_version_flag("--version", std::string("imshealth ") + version);
  app.footer(
      "Exit codes: 0 healthy or done, 1 problem found, 2 bad usage or bad policy, 3 not allowed or "
      "not reachable");
  std::function<int(CommandIo&)> action;
  const Verb program(app, action);
  program.needsVerb();
  addCommands(program);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    std::ranges::replace(reversed, "/?", "--help");  // as Windows' own programs have it
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    const std::string why = whyNotParsed(app, error);
    if (why.empty()) {
      return app.exit(error, io.out, io.err);
    }
    io.err << "imshealth: " << why << "\n";
    return exit_code::usage;
  }
  try {
    return action(io);
  } catch (const std::exception& error) {
    io.err << "imshealth: " << error.what() << "\n";
    return exit_code::unreachable;
  }
}

/// Hands on what is written, and keeps the beginning of it.
class Overhearing : public std::streambuf {
 public:
  explicit Overhearing(std::ostream& to) : to_(*to.rdbuf()) {}

  std::string heard;

 protected:
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    constexpr std::size_t most = 64 * 1024;
    heard.append(text, std::min(static_cast<std::size_t>(size), most - heard.size()));
    return to_.sputn(text, size);
  }
  int_type overflow(int_type c) override {
    const char text = traits_type::to_char_type(c);
    return xsputn(&text, 1) == 1 ? traits_type::not_eof(c) : traits_type::eof();
  }
  int sync() override { return to_.pubsync(); }

 private:
  std::streambuf& to_;
};

/// Whoever asked for a document gets one: where a command failed before it had any, one that says
/// what it has said on `err`.
int withErrorDocument(const std::vector<std::string>& arguments, const CommandIo& io) {
  Overhearing result(io.out);
  Overhearing said(io.err);
  std::ostream out(&result);
  std::ostream err(&said);
  CommandIo overheard{out, err, io.terminal, io.colour};
  const int code = parseAndAct(arguments, overheard);
  if (code != exit_code::done && result.heard.empty()) {
    std::string message = said.heard.substr(said.heard.rfind('\r') + 1);  // behind the progress
    message.erase(message.find_last_not_of('\n') + 1);
    constexpr std::string_view name = "imshealth: ";
    writeJson(overheard,
              {{"error",
                {{"exitCode", code},
                 {"message", message.starts_with(name) ? message.substr(name.size()) : message}}}});
  }
  if (!out) {
    io.out.setstate(std::ios::badbit);
  }
  return code;
}

}  // namespace

int runCommandLine(const std::vector<std::string>& arguments, CommandIo io) {
  const bool json = std::ranges::find(arguments, "--json") != arguments.end();
  const int code = json ? withErrorDocument(arguments, io) : parseAndAct(arguments, io);
  if (io.out.flush()) {
    return code;
  }
  io.err << "imshealth: standard output cannot be written\n";
  return exit_code::unreachable;
}

}  // namespace imshealth
