// imshealth policy check|show|explain|schema|init
#include "config/default_policy.h"
#include "config/parse_policy.h"
#include "config/show_policy.h"
#include "core/explain_policy.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/given_file.h"

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace imshealth {
namespace {

struct Options {
  std::string file;
  bool json = false;
};

int withoutText(const Options& options, CommandIo& io, const std::string& why, int code) {
  if (options.json) {
    io.out << diagnosticsJson({{.message = why}});
  }
  return code;
}

/// A default that nobody wrote needs no check.
int checkNothing(const Options& options, CommandIo& io) {
  if (!hasService()) {
    const std::string why = "say which file: imshealth policy check FILE";
    io.err << "imshealth: " << why << '\n';
    return withoutText(options, io, why, exit_code::usage);
  }
  if (options.json) {
    io.out << diagnosticsJson({});
  } else {
    io.out << "no policy is installed: the built-in default is in force, which only alerts\n";
  }
  return exit_code::done;
}

/// The policy that was asked for, else the installed one.
int check(const Options& options, CommandIo& io) {
  const std::string file = options.file.empty() ? installedPolicyFile() : options.file;
  if (file.empty()) {
    return checkNothing(options, io);
  }
  const auto text = readGivenFile(file, largestPolicyFile);
  if (!text) {
    const int code = refuseUnreadablePolicy(io, text.error());
    // That a file that was named cannot be read says that it is no good policy.
    return withoutText(options, io, text.error().describe(),
                       options.file.empty() ? code : exit_code::usage);
  }
  const PolicyReading reading = parsePolicy(*text);
  if (options.json) {
    io.out << diagnosticsJson(reading.diagnostics);
  } else {
    io.out << render(reading.diagnostics, file, *text);
    if (reading.policy) {
      io.out << file << ": good\n";
    }
  }
  return reading.policy ? exit_code::done : exit_code::usage;
}

struct PolicyText {
  std::string file;  ///< empty: the built-in default
  std::string text;
};

/// The policy that was asked for, else the installed one, else the built-in default. Where it
/// cannot be read, `code` is the exit code.
std::optional<PolicyText> askedFor(const Options& options, CommandIo& io, int& code) {
  std::string file = options.file.empty() ? installedPolicyFile() : options.file;
  if (file.empty()) {
    return PolicyText{"", "{}"};
  }
  auto text = readGivenFile(file, largestPolicyFile);
  if (!text) {
    code = refuseUnreadablePolicy(io, text.error());
    return std::nullopt;
  }
  return PolicyText{std::move(file), std::move(*text)};
}

int show(const Options& options, CommandIo& io) {
  int code = exit_code::usage;
  const auto asked = askedFor(options, io, code);
  if (!asked) {
    return code;
  }
  const auto& [file, text] = *asked;
  const auto shown = options.json ? showPolicyJson(text, file) : showPolicy(text, file);
  if (!shown) {
    io.err << render(parsePolicy(text).diagnostics, file, text);
    return exit_code::usage;
  }
  io.out << *shown;
  return exit_code::done;
}

int explain(const Options& options, CommandIo& io) {
  int code = exit_code::usage;
  const auto asked = askedFor(options, io, code);
  if (!asked) {
    return code;
  }
  const auto& [file, text] = *asked;
  const PolicyReading reading = parsePolicy(text);
  io.err << render(reading.diagnostics, file, text);
  if (!reading.policy) {
    return exit_code::usage;
  }
  const std::vector<ExplainedWatch> watches = explainPolicy(*reading.policy);
  io.out << (options.json ? explanationJson(watches, reading.places)
                          : explanationText(watches, file, reading.places));
  return exit_code::done;
}

int init(const Options& options, CommandIo& io) {
  if (options.file.empty()) {
    io.out << defaultPolicyText();
    return exit_code::done;
  }
  if (auto written = writeNewFile(options.file, defaultPolicyText()); !written) {
    io.err << "imshealth: " << written.error().describe() << "\n";
    return exit_code::usage;
  }
  io.out << options.file << ": written; edit it, then imshealth policy check " << options.file
         << "\n";
  return exit_code::done;
}

void addVerb(const Verb& policy, const char* name, const char* description, bool hasJson,
             int (*action)(const Options&, CommandIo&)) {
  const auto options = std::make_shared<Options>();
  const Verb verb = policy.verb(name, description);
  verb.option("FILE,--policy", options->file, "The policy file");
  if (hasJson) {
    verb.flag("--json", options->json, "Machine-readable output");
  }
  verb.does([options, action](CommandIo& io) { return action(*options, io); });
}

}  // namespace

void addPolicyCommand(const Verb& program) {
  const Verb policy = program.verb(
      "policy", "The policy file: check it, show it, explain it, print its schema, begin one");
  policy.needsVerb();
  addVerb(policy, "check", "Say what is wrong with a policy file, and where", true, check);
  addVerb(policy, "show", "The effective policy with the origin of each value", true, show);
  addVerb(policy, "explain",
          "What is done about each cause, by which rule; rules that can never apply", true,
          explain);
  addVerb(policy, "init", "Write a commented policy file to begin with", false, init);
  policy.verb("schema", "Print the JSON Schema of policy.json").does([](CommandIo& io) {
    io.out << policySchema();
    return exit_code::done;
  });
}

}  // namespace imshealth
