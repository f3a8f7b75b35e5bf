#include "service/probe_protocol.h"

#include "core/status_code.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace imshealth {
namespace {

using nlohmann::json;

/// Takes the next word off the line.
std::string_view word(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view first = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return first;
}

bool isStage(std::string_view stage) {
  return stage == "load" || stage == "open" || stage == "collect" || stage == "close";
}

std::optional<ProbeOutcome> outcomeFrom(std::string_view text) {
  for (const ProbeOutcome outcome :
       {ProbeOutcome::ok, ProbeOutcome::failed, ProbeOutcome::notRun}) {
    if (text == toString(outcome)) {
      return outcome;
    }
  }
  return std::nullopt;
}

struct Said {
  std::string stage;
  std::optional<ProbeResult> result;
};

/// Lines that do not begin with the nonce were printed by the library; the first result counts.
Said listen(std::string_view nonce, std::string_view output) {
  Said said;
  while (!output.empty() && !said.result) {
    const std::size_t end = output.find('\n');
    std::string_view line = output.substr(0, end);
    output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
    if (end == std::string_view::npos || word(line) != nonce) {
      continue;
    }
    const std::string_view kind = word(line);
    if (kind == "stage" && isStage(line)) {
      said.stage = line;
    } else if (kind == "result") {
      const auto outcome = outcomeFrom(word(line));
      const std::string_view number = word(line);
      std::uint32_t status = 0;
      const auto parsed = std::from_chars(number.data(), number.data() + number.size(), status);
      if (outcome && parsed.ec == std::errc{} && isStage(line)) {
        said.result = ProbeResult{*outcome, std::nullopt, std::string(line), {}};
        if (*outcome != ProbeOutcome::ok) {
          said.result->status = status;
        }
      }
    }
  }
  return said;
}

}  // namespace

std::string writeProbeOrder(const ProbeOrder& order) {
  return json{{"nonce", order.nonce},
              {"service", order.request.service},
              {"library", order.request.library},
              {"open", order.request.open},
              {"collect", order.request.collect},
              {"close", order.request.close}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<ProbeOrder> readProbeOrder(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  ProbeOrder order;
  const auto take = [&document](const char* key, std::string& into) {
    if (!document.is_object() || !document.contains(key) || !document[key].is_string()) {
      return false;
    }
    into = document[key].get<std::string>();
    return true;
  };
  if (!take("nonce", order.nonce) || !take("service", order.request.service) ||
      !take("library", order.request.library) || !take("open", order.request.open) ||
      !take("collect", order.request.collect) || !take("close", order.request.close)) {
    return Error(ErrorKind::corrupt, "probe", 0, "not a probe request");
  }
  return order;
}

std::string stageLine(std::string_view nonce, std::string_view stage) {
  return fmt::format("\n{} stage {}\n", nonce, stage);
}

std::string resultLine(std::string_view nonce, ProbeOutcome outcome, std::uint32_t status,
                       std::string_view stage) {
  return fmt::format("\n{} result {} {} {}\n", nonce, toString(outcome), status, stage);
}

ProbeResult judgeProbe(std::string_view nonce, const ProbeChildEnd& end) {
  const Said said = listen(nonce, end.output);
  if (said.result) {
    ProbeResult result = *said.result;
    if (result.outcome == ProbeOutcome::notRun) {
      result.note = "the library is for another kind of processor than this program";
      result.status.reset();
    }
    return result;
  }
  switch (end.kind) {
    case ProbeChildEnd::Kind::timedOut:
      return {ProbeOutcome::timedOut, std::nullopt, said.stage, "ended at the deadline"};
    case ProbeChildEnd::Kind::stopped:
      return {ProbeOutcome::notRun, std::nullopt, said.stage, "the program was told to stop"};
    case ProbeChildEnd::Kind::exited: break;
  }
  if (end.exitCode >= 0xC0000000u) {
    return {ProbeOutcome::crashed, end.exitCode, said.stage,
            fmt::format("the probe ended with exception 0x{:08X}", end.exitCode)};
  }
  return {ProbeOutcome::crashed, std::nullopt, said.stage,
          "the library ended the process with exit code " + formatStatus(end.exitCode)};
}

}  // namespace imshealth
