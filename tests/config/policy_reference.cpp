#include "tests/config/policy_reference.h"

#include "config/schema.h"

#include <fmt/format.h>

#include <vector>

namespace imshealth::test {
namespace {

using nlohmann::json;

constexpr std::string_view introduction = R"(# The policy

`policy.json` says what IMS Health Monitor watches and when it may repair. This reference is made from
`policy.schema.json`, which is embedded in the program and installed beside it. Editors that know JSON Schema complete
and check a file with `"$schema": "policy.schema.json"` where the schema lies beside it:
`imshealth policy schema > policy.schema.json` puts it there.

- JSON; `//` and `/* */` comments are allowed. UTF-8 with or without BOM, or UTF-16 with BOM; at most 1 MB.
- Every key has a default: `{}` is a valid policy, and so is no file at all. It watches MSExchangeIMC and only alerts.
- `imshealth policy init` writes a commented starting file, `policy check FILE` says what is wrong and where,
  `policy show` prints the whole policy with its defaults and where each value comes from, `policy explain` what is done
  about each cause and which rules can never apply.
- A changed file is taken over while the service runs, between two incidents, never within a repair (event 102). It is
  judged when nobody has written to it for half a second; `sc control ImsHealth paramchange` has it judged at
  once (Windows 2000 and later).
- A bad file is refused (event 110) and the last good policy stays in force, across restarts too. A deleted file means
  the default (events 110 and 102).
- A policy that others than administrators could have written may alert but never repair (cause `untrustedPath`).
- Two samples: `samples/minimal.jsonc` and `samples/complete.jsonc`.

A *duration* is a whole number and a unit (`ms`, `s`, `m`, `h`, `d`), such as `15m`; at most `365d`. A *path* is a full
path on a local drive; network and device paths are refused.
)";

constexpr std::string_view rules = R"(
## What is refused beyond the schema

- A counter service that is watched twice (upper and lower case are the same).
- A trusted copy that is the library it is to restore.
- A maintenance window that opens and closes at the same time. The whole day is `00:00` to `24:00`.
- A duration above `365d`, a log size outside `64KB` to `1GB`, a version number above 65535.
- File names that are devices (`CON`, `NUL`, `COM1` …).
- More than 1 MB, 20,000 values, 16 levels of nesting, 256 entries in a list or keys in an object, 512 characters in a text,
  4,096 bytes in the keys that lead to a value.

## What is warned of

- `counterFile` not set for another counter service than MSExchangeIMC.
- `versions` in mode repair, or `repair` for a library cause, without a `trustedCopy`; `repair` for a cause that is always an alert.
- A trusted copy in the directory of the library itself.
- Maintenance windows where nothing is ever repaired.
- A cool-down longer than the period of the attempts, or so long that the circuit can never open.
- In mode repair: `watchFor` below `5s`, `commandTimeout` below `10s`.
)";

std::string code(const json& value) {
  return "`" + (value.is_string() ? value.get<std::string>() : value.dump()) + "`";
}

std::string valueOf(const std::string& pointer) {
  const json node = schemaAt(pointer);
  const std::string type = node["type"].get<std::string>();
  if (node.contains("enum")) {
    std::string choices;
    for (const json& choice : node["enum"])
      choices += (choices.empty() ? "" : ", ") + code(choice);
    return choices;
  }
  if (type == "integer")
    return fmt::format("{} to {}", node["minimum"].dump(), node["maximum"].dump());
  if (type == "array")
    return fmt::format("list of at most {}: {}", node["maxItems"].dump(), valueOf(pointer + "/0"));
  if (type == "object")
    return "object, see below";
  const json pattern = node.value("pattern", json());
  if (pattern == schemaRoot()["definitions"]["duration"]["pattern"])
    return "duration";
  if (pattern == schemaRoot()["definitions"]["path"]["pattern"])
    return "path";
  return "text, such as " + code(node["examples"][0]);
}

std::string defaultOf(const std::string& pointer, const json& required) {
  const json node = schemaAt(pointer);
  const std::vector<std::string> tokens = pointerTokens(pointer);
  for (const json& key : required) {
    if (key == tokens.back())
      return "required";
  }
  return node.contains("default") ? "`" + node["default"].dump() + "`" : "";
}

void describe(const std::string& pointer, const std::string& heading, std::string& text) {
  const json node = schemaAt(pointer);
  if (!heading.empty())
    text += fmt::format("\n## {}\n\n{}\n", heading,
                        node.value("description", node["title"].get<std::string>() + "."));
  text += "\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const std::string& key : keysInOrder(pointer)) {
    const std::string at = pointer + "/" + key;
    const json member = schemaAt(at);
    text +=
        fmt::format("| `{}` | {} | {} | **{}.** {} |\n", key, valueOf(at),
                    defaultOf(at, node.value("required", json::array())),
                    member["title"].get<std::string>(), member["description"].get<std::string>());
  }
  for (const std::string& key : keysInOrder(pointer)) {
    const std::string at = pointer + "/" + key;
    const std::string path = heading.empty() ? "`" + key + "`" : heading + " `" + key + "`";
    if (schemaAt(at)["type"] == "object")
      describe(at, path, text);
    else if (!schemaAt(at + "/0").is_null() && schemaAt(at + "/0")["type"] == "object")
      describe(at + "/0", "Entries of " + path, text);
  }
}

}  // namespace

std::string policyReference() {
  std::string text(introduction);
  describe("", "", text);
  text += rules;
  return text;
}

}  // namespace imshealth::test
