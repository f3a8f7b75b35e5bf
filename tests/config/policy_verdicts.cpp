// Prints our verdict on every policy of the tables and on generated mutations of the good ones, for
// another validator to agree with: [{"name","value","valid"}]. Only documents that can be read have
// a verdict by the schema. Exit 1: a refusal without an explanation in our own words.
#include "config/policy_document.h"
#include "config/schema.h"
#include "tests/config/policy_table.h"

#include <cstdio>
#include <random>

namespace imshealth::test {
namespace {

using nlohmann::json;

constexpr int mutations = 2500;

class Mutator {
 public:
  json mutate(json policy) {
    for (std::size_t i = 1 + below(3); i > 0; --i)
      mutateOnce(policy);
    return policy;
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  static void collect(json& node, std::vector<json*>& nodes) {
    nodes.push_back(&node);
    if (node.is_structured()) {
      for (json& child : node)
        collect(child, nodes);
    }
  }

  json anyValue() {
    static const json pool =
        json::parse(R"([null, true, 0, 1, -1, 3, 100, 101, 2.5, 1e30, 1005, 1008, "", " ",
      "auto", "alert", "repair", "Repair", "15m", "0s", "366d", "1 h", "22:00", "24:00", "24:01", "5MB", "5mb", "sat",
      "info", "minimal", "winevt", "5.5.1960.3", "5.5.1960", "C:\\x", "C:\\x\\", "C:\\x.", "c:\\a\\b.prom", "\\\\s\\x",
      "C:/x", "a.ini", "a.INI", ".ini", "b\\a.ini", "MSExchangeIMC", "MSExchange IMC", "-x", "ü", "\t", [], {},
      [1005], ["sat"], [{}], {"mode": "alert"}])");
    return pool[below(pool.size())];
  }

  std::string anyKey() {
    static const std::vector<std::string> keys = [] {
      std::vector<std::string> all = {"", "colour", "Mode", "/", "~"};
      for (const auto* pointer : {"", "/watch/0", "/limits", "/log", "/maintenanceWindows/0",
                                  "/watch/0/causes", "/eventLog", "/verify", "/metrics"}) {
        for (const std::string& key : keysInOrder(pointer))
          all.push_back(key);
      }
      return all;
    }();
    return keys[below(keys.size())];
  }

  void mutateOnce(json& policy) {
    std::vector<json*> nodes;
    collect(policy, nodes);
    json& node = *nodes[below(nodes.size())];
    if (below(4) == 0)
      node = anyValue();
    else if (node.is_object())
      mutateObject(node);
    else if (node.is_array())
      mutateList(node);
    else if (node.is_string())
      mutateText(node.get_ref<std::string&>());
    else if (node.is_number())
      node = node.get<double>() + (below(2) == 0 ? 1 : -0.5);
    else
      node = anyValue();
  }

  void mutateObject(json& object) {
    if (object.empty() || below(2) == 0) {
      object[anyKey()] = anyValue();
      return;
    }
    auto member = object.begin();
    std::advance(member, static_cast<std::ptrdiff_t>(below(object.size())));
    const json value = member.value();
    const std::string key = member.key();
    object.erase(member);
    if (below(2) == 0)
      object[key + "s"] = value;
  }

  void mutateList(json& list) {
    if (list.empty() || below(3) == 0)
      list.push_back(anyValue());
    else if (below(2) == 0)
      list.push_back(json(list[below(list.size())]));
    else
      list.erase(below(list.size()));
  }

  void mutateText(std::string& text) {
    static const std::vector<std::string> pieces = {"0", "9", " ",  ".",  ":", "\\",   "/", "A",
                                                    "m", "ü", "\n", "\"", "*", "\x7f", "-"};
    std::size_t at = below(text.size() + 1);
    while (at < text.size() && isContinuation(text[at]))
      ++at;
    if (below(3) == 0 && at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
      text.erase(at, 1);
    else
      text.insert(at, pieces[below(pieces.size())]);
  }

  std::mt19937 random_{19990630};  // fixed: a failure is the same in every run
};

int run() {
  json verdicts = json::array();
  std::vector<json> good;
  bool explained = true;
  const auto judge = [&](const std::string& name, const std::string& text) {
    const PolicyDocument document = readPolicyDocument(text);
    if (!document.json.errors.empty() || !document.json.complete)
      return;
    const bool valid = document.violations.empty();
    if (!valid && document.diagnostics.at(0).message == document.violations[0].description) {
      std::fprintf(stderr, "%s: not explained: %s\n", name.c_str(), text.c_str());
      explained = false;
    }
    verdicts.push_back({{"name", name}, {"value", document.json.value}, {"valid", valid}});
  };
  for (const auto* table : {"bad", "good"}) {
    for (const PolicyCase& policy :
         readPolicyTable(std::string("tests/config/data/") + table + "_policies.txt")) {
      judge(policy.name, policy.text);
      if (*table == 'g')
        good.push_back(json::parse(policy.text, nullptr, true, true));
    }
  }
  Mutator mutator;
  for (int i = 0; i < mutations; ++i)
    judge("mutation " + std::to_string(i), mutator.mutate(good[mutator.below(good.size())]).dump());
  std::puts(verdicts.dump().c_str());
  return explained ? 0 : 1;
}

}  // namespace
}  // namespace imshealth::test

int main() {
  return imshealth::test::run();
}
