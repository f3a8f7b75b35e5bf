// imshealth policy check|show|schema
#include "config/parse_policy.h"
#include "service/commands/commands.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>
#include <string>

namespace imshealth {

void addPolicyCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* policy =
      app.add_subcommand("policy", "The policy file: check it, show it, print its schema");
  policy->require_subcommand(1);
  policy->add_subcommand("schema", "Print the JSON Schema of policy.json")->callback([&invocation] {
    invocation.action = [&invocation] {
      invocation.io.out << policySchema();
      return exit_code::done;
    };
  });
}

}  // namespace imshealth
