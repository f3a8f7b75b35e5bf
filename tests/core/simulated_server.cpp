#include "tests/core/simulated_server.h"

#include "config/ascii.h"
#include "tests/core/library_builder.h"

#include <boost/algorithm/string/replace.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace imshealth::testing {

namespace {

const std::string bin = "C:\\exchsrvr\\bin";
const std::string system32 = "C:\\WINNT\\system32";
const std::string namesFile = system32 + "\\perfc009.dat";
const std::string helpsFile = system32 + "\\perfh009.dat";
const std::string dataFolder = "C:\\data";
constexpr std::uint32_t regSz = 1, regDword = 4;

std::vector<std::uint8_t> utf16(const std::string& ascii, bool terminated = true) {
  std::vector<std::uint8_t> bytes;
  for (const char c : ascii) {
    bytes.push_back(static_cast<std::uint8_t>(c));
    bytes.push_back(0);
  }
  if (terminated) {
    bytes.insert(bytes.end(), {0, 0});
  }
  return bytes;
}

RegistryValue text(const std::string& name, const std::string& value) {
  return {name, regSz, utf16(value)};
}

RegistryValue number(const std::string& name, std::uint32_t value) {
  return {name,
          regDword,
          {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
           static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)}};
}

void set(KeyImage& key, const RegistryValue& value) {
  key.exists = true;
  std::erase_if(key.values, [&](const RegistryValue& old) { return old.name == value.name; });
  key.values.push_back(value);
  std::sort(key.values.begin(), key.values.end(),
            [](const RegistryValue& a, const RegistryValue& b) { return a.name < b.name; });
}

void erase(KeyImage& key, const std::string& name) {
  std::erase_if(key.values, [&](const RegistryValue& value) { return value.name == name; });
}

std::vector<std::uint8_t> textList(const std::map<std::uint32_t, std::string>& texts) {
  std::vector<std::uint8_t> bytes = utf16("1");
  const auto add = [&bytes](const std::string& part) {
    const auto more = utf16(part);
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  add("1847");
  for (const auto& [index, name] : texts) {
    add(std::to_string(index));
    add(name);
  }
  bytes.insert(bytes.end(), {0, 0});
  return bytes;
}

std::map<std::uint32_t, std::string> parse(const std::vector<std::uint8_t>& bytes) {
  std::vector<std::string> damage;
  return parseTextList(bytes, damage);
}

std::vector<std::uint8_t> ansi(const std::string& content) {
  return {content.begin(), content.end()};
}

Error failing(const std::string& call) {
  return {ErrorKind::inUse, call, 32, "injected fault"};
}

}  // namespace

SimulatedServer::SimulatedServer() {
  systemFacts.osMajor = 5;
  systemFacts.osBuild = 2195;
  systemFacts.systemDirectory = system32;
  systemFacts.windowsDirectory = "C:\\WINNT";
  systemFacts.exchangeRoot = "C:\\exchsrvr";
  systemFacts.perflibEventLogLevel = 1;
  systemFacts.hasLoadPerfSource = true;
  serviceFacts = {.keyExists = true, .installed = true, .running = true};

  files[libraryPath] =
      buildLibrary({.machine = 0x14C,
                    .exports = {"CloseImcPerformanceData", "CollectImcPerformanceData",
                                "DllRegisterServer", "OpenImcPerformanceData"},
                    .salt = "original"});
  files["D:\\Recovery\\imsperf.dll"] = files[libraryPath];
  files[bin + "\\imcperf.ini"] = ansi(
      "[info]\r\ndrivername=MSExchangeIMC\r\nsymbolfile=imcperf.h\r\n\r\n[languages]\r\n009="
      "English\r\n"
      "\r\n[objects]\r\nIMCOBJECT_009_NAME=\r\n\r\n[text]\r\n"
      "IMCOBJECT_009_NAME=MSExchangeIMC\r\nIMCOBJECT_009_HELP=The Internet Mail Service\r\n"
      "QUEUEIN_009_NAME=Queued Inbound\r\nQUEUEIN_009_HELP=Messages waiting to come in\r\n"
      "QUEUEOUT_009_NAME=Queued Outbound\r\nQUEUEOUT_009_HELP=Messages waiting to go out\r\n");
  files[bin + "\\imcperf.h"] =
      ansi("#define IMCOBJECT 0\r\n#define QUEUEIN 2\r\n#define QUEUEOUT 4\r\n");
  files[namesFile] = textList({{2, "System"}, {4, "Memory"}, {1846, "End Marker"}});
  files[helpsFile] = textList({{3, "The System object"}, {5, "The Memory object"}});

  set(perflibTotals, number("Last Counter", 1846));
  set(perflibTotals, number("Last Help", 1847));
  KeyImage& imc = performanceKeys[imcKey];
  set(imc, text("Library", libraryPath));
  set(imc, text("Open", "OpenImcPerformanceData"));
  set(imc, text("Collect", "CollectImcPerformanceData"));
  set(imc, text("Close", "CloseImcPerformanceData"));
  loadTexts(imcKey, {"MSExchangeIMC", "Queued Inbound", "Queued Outbound"});
  set(performanceKeys["OtherProduct"], text("Library", "other.dll"));
  loadTexts("OtherProduct", {"Other", "Things"});
}

SimulatedServer::~SimulatedServer() {
  endProcess();
}

void SimulatedServer::endProcess() {
  deliverTo = nullptr;
  sleepers_.clear();  // timers must not outlive their context
  io = std::make_unique<boost::asio::io_context>();
  lockHeld = false;  // a mutex ends with its holder
  stopping = false;
  // The next run reads on behind the cursor that was saved.
  const auto saved = readState(stateText);
  delivered_ = saved ? static_cast<std::size_t>(saved->cursor.recordNumber) : 0;
}

ServerContents SimulatedServer::contents() const {
  ServerContents contents{performanceKeys, perflibTotals, files};
  std::erase_if(contents.files,
                [](const auto& file) { return file.first.starts_with(dataFolder); });
  return contents;
}

std::optional<std::uint32_t> SimulatedServer::dword(const KeyImage& key,
                                                    const std::string& name) const {
  for (const RegistryValue& value : key.values) {
    if (value.name == name && value.type == regDword && value.bytes.size() == 4) {
      return value.bytes[0] | value.bytes[1] << 8 | value.bytes[2] << 16 |
             static_cast<std::uint32_t>(value.bytes[3]) << 24;
    }
  }
  return std::nullopt;
}

void SimulatedServer::loadTexts(const std::string& service, const std::vector<std::string>& names) {
  auto counters = parse(files[namesFile]);
  auto helps = parse(files[helpsFile]);
  const std::uint32_t first = *dword(perflibTotals, "Last Help") + 1;
  std::uint32_t index = first;
  for (const std::string& name : names) {
    counters[index] = name;
    helps[index + 1] = "About " + name;
    index += 2;
  }
  files[namesFile] = textList(counters);
  files[helpsFile] = textList(helps);
  set(perflibTotals, number("Last Counter", index - 2));
  set(perflibTotals, number("Last Help", index - 1));
  KeyImage& key = performanceKeys[service];
  set(key, number("First Counter", first));
  set(key, number("Last Counter", index - 2));
  set(key, number("First Help", first + 1));
  set(key, number("Last Help", index - 1));
}

void SimulatedServer::addHealthy(const std::string& service) {
  const auto& model = files.at(bin + "\\imcperf.ini");
  files[bin + "\\" + service + ".ini"] =
      ansi(boost::replace_all_copy(std::string(model.begin(), model.end()), imcKey, service));
  performanceKeys[service] = performanceKeys.at(imcKey);
  loadTexts(service, {service, "Queued Inbound", "Queued Outbound"});
}

void SimulatedServer::removeCounters() {
  ToolResult ignored;
  const Behaviour kept = std::exchange(behaviour, Behaviour{});
  unlodctr(imcKey, ignored);
  behaviour = kept;
  log_.clear();
  delivered_ = 0;
}

void SimulatedServer::breakCounters() {
  setIndexValue("First Help", *dword(performanceKeys[imcKey], "First Counter") + 3);
}

void SimulatedServer::setIndexValue(const std::string& name, std::uint32_t value) {
  set(performanceKeys[imcKey], number(name, value));
}

void SimulatedServer::setName(std::uint32_t index, const std::string& name) {
  auto names = parse(files[namesFile]);
  names[index] = name;
  files[namesFile] = textList(names);
}

void SimulatedServer::removeHelp(std::uint32_t index) {
  auto helps = parse(files[helpsFile]);
  helps.erase(index);
  files[helpsFile] = textList(helps);
}

void SimulatedServer::unregisterLibrary() {
  for (const char* name : {"Library", "Open", "Collect", "Close"}) {
    erase(performanceKeys[imcKey], name);
  }
}

void SimulatedServer::deleteLibrary() {
  files.erase(libraryPath);
}

std::vector<std::uint16_t> SimulatedServer::alertIds() const {
  std::vector<std::uint16_t> ids;
  for (const Alert& alert : alerts) {
    ids.push_back(alert.id);
  }
  return ids;
}

LogEvent& SimulatedServer::logEvent(const std::string& source, std::uint16_t code,
                                    std::vector<std::string> strings,
                                    std::vector<std::uint8_t> data) {
  LogEvent event;
  event.recordNumber = log_.size() + 1;
  event.epoch = epoch_;
  event.timeGenerated = event.timeWritten = toSeconds(now_);
  event.eventId = 0xC0000000u | code;
  event.type = EventType::error;
  event.source = source;
  event.strings = std::move(strings);
  event.data = std::move(data);
  log_.push_back(std::move(event));
  return log_.back();
}

void SimulatedServer::logOpenFailure(const std::string& service, std::uint32_t status) {
  logEvent("Perflib", 1008, {service, libraryPath}, number("", status).bytes);
}

void SimulatedServer::clearLog() {
  log_.clear();
  delivered_ = 0;
  ++epoch_;
}

void SimulatedServer::run() {
  for (;;) {
    io->restart();
    io->poll();
    if (sleepers_.empty()) {
      return;
    }
    const auto next = sleepers_.begin();
    now_ = std::max(now_, next->first);
    const auto timer = next->second;
    sleepers_.erase(next);
    timer->cancel();
  }
}

SimulatedServer::Fate SimulatedServer::touch(const std::string& call) const {
  ++calls;
  if (onCall) {
    onCall(call);
  }
  if (calls == killAtCall) {
    throw Killed{};
  }
  if (calls == failAtCall) {
    failedCall_ = call;
    return Fate::fail;
  }
  return call == alwaysFails || (failOnwards && call == failedCall_) ? Fate::fail : Fate::go;
}

void SimulatedServer::effectDone() const {
  if (calls == killAfterCall) {
    throw Killed{};
  }
}

LocalTime SimulatedServer::local(Time time) const {
  const auto minutes = toSeconds(time) / 60;
  // 1970-01-01 was a Thursday.
  return {static_cast<int>((minutes / 1440 + 3) % 7), static_cast<int>(minutes % 1440)};
}

Result<void> SimulatedServer::write(const Alert& alert) {
  if (touch("write alert") == Fate::fail) {
    return failing("write alert");
  }
  alerts.push_back(alert);
  effectDone();
  return {};
}

Result<PerformanceKey> SimulatedServer::performanceKey(const std::string& service) const {
  if (touch("performanceKey") == Fate::fail) {
    return failing("performanceKey");
  }
  PerformanceKey result;
  const auto found = performanceKeys.find(service);
  if (found == performanceKeys.end() || !found->second.exists) {
    return result;
  }
  const auto textOf = [&](const std::string& name) -> std::optional<std::string> {
    for (const RegistryValue& value : found->second.values) {
      if (value.name == name) {
        std::string ascii;
        for (std::size_t i = 0; i + 3 < value.bytes.size(); i += 2) {
          ascii += static_cast<char>(value.bytes[i]);
        }
        return ascii;
      }
    }
    return std::nullopt;
  };
  result.exists = true;
  result.library = textOf("Library");
  result.open = textOf("Open");
  result.collect = textOf("Collect");
  result.close = textOf("Close");
  result.firstCounter = dword(found->second, "First Counter");
  result.lastCounter = dword(found->second, "Last Counter");
  result.firstHelp = dword(found->second, "First Help");
  result.lastHelp = dword(found->second, "Last Help");
  return result;
}

Result<IndexSpace> SimulatedServer::indexSpace() const {
  if (touch("indexSpace") == Fate::fail) {
    return failing("indexSpace");
  }
  IndexSpace space;
  space.totals = {dword(perflibTotals, "Last Counter"), dword(perflibTotals, "Last Help"), 1847};
  for (const auto& [service, key] : performanceKeys) {
    space.services.push_back({service, dword(key, "First Counter"), dword(key, "Last Counter"),
                              dword(key, "First Help"), dword(key, "Last Help")});
  }
  LanguageTexts english{.language = "009", .names = {}, .helps = {}, .damage = {}};
  for (auto [file, texts] : {std::pair(namesFile, &english.names), {helpsFile, &english.helps}}) {
    if (const auto found = files.find(file); found != files.end()) {
      *texts = parse(found->second);
    }
  }
  space.languages.push_back(std::move(english));
  return space;
}

Result<KeyImage> SimulatedServer::capturePerformanceKey(const std::string& service) const {
  if (touch("capturePerformanceKey") == Fate::fail) {
    return failing("capturePerformanceKey");
  }
  const auto found = performanceKeys.find(service);
  return found == performanceKeys.end() ? KeyImage{} : found->second;
}

Result<void> SimulatedServer::restorePerformanceKey(const std::string& service,
                                                    const KeyImage& image) {
  if (touch("restorePerformanceKey") == Fate::fail) {
    return failing("restorePerformanceKey");
  }
  performanceKeys[service] = image;
  effectDone();
  return {};
}

Result<KeyImage> SimulatedServer::capturePerflibTotals() const {
  if (touch("capturePerflibTotals") == Fate::fail) {
    return failing("capturePerflibTotals");
  }
  return perflibTotals;
}

Result<void> SimulatedServer::restorePerflibTotals(const KeyImage& image) {
  if (touch("restorePerflibTotals") == Fate::fail) {
    return failing("restorePerflibTotals");
  }
  perflibTotals = image;
  effectDone();
  return {};
}

FileFact SimulatedServer::examine(const std::string& path) const {
  const bool failed = touch("examine " + path) == Fate::fail;
  FileFact fact;
  fact.path = path;
  const auto found = files.find(path);
  fact.exists = !failed && found != files.end();
  fact.size = fact.exists ? found->second.size() : 0;
  fact.error = failed ? 32 : 0;
  return fact;
}

Result<std::vector<std::uint8_t>> SimulatedServer::read(const std::string& path,
                                                        std::uint64_t) const {
  if (touch("read " + path) == Fate::fail) {
    return failing("read " + path);
  }
  const auto found = files.find(path);
  if (found == files.end()) {
    return Error(ErrorKind::missing, path, 2, "no such file");
  }
  return found->second;
}

PathTrust SimulatedServer::trustOf(const std::string& purpose, const std::string& path) const {
  constexpr std::uint32_t fullControl = 0x1F01FF, readAndRun = 0x1200A9;
  PathTrust trust;
  trust.purpose = purpose;
  trust.path = path;
  for (std::size_t end = path.find('\\'); end != std::string::npos;
       end = path.find('\\', end + 1)) {
    PathElement folder;
    folder.path = path.substr(0, end == 2 ? 3 : end);
    folder.isDirectory = true;
    trust.elements.push_back(folder);
  }
  trust.elements.push_back(
      {.path = path, .isDirectory = false, .reparsePoint = false, .owner = {}, .entries = {}});
  for (PathElement& element : trust.elements) {
    element.owner = "S-1-5-32-544";
    element.entries = {{true, false, fullControl, "S-1-5-18"},
                       {true, false, fullControl, "S-1-5-32-544"},
                       {true, false, readAndRun, "S-1-5-32-545"}};
    if (worldWritable.contains(element.path)) {
      element.entries->push_back({true, false, fullControl, "S-1-1-0"});
    }
  }
  return trust;
}

Result<void> SimulatedServer::makeFolder(const std::string& path) {
  if (touch("makeFolder") == Fate::fail) {
    return failing("makeFolder " + path);
  }
  effectDone();
  return {};
}

Result<void> SimulatedServer::replace(const std::string& path,
                                      const std::vector<std::uint8_t>& bytes) {
  if (touch("replace " + path) == Fate::fail) {
    return failing("replace " + path);
  }
  files[path] = bytes;
  effectDone();
  return {};
}

Result<void> SimulatedServer::remove(const std::string& path) {
  if (touch("remove") == Fate::fail) {
    return failing("remove " + path);
  }
  files.erase(path);
  effectDone();
  return {};
}

Result<std::string> SimulatedServer::read(Generation generation) const {
  if (touch("read state") == Fate::fail) {
    return failing("read state");
  }
  const std::string& content = generation == Generation::current ? stateText : previousStateText;
  if (content.empty()) {
    return Error(ErrorKind::missing, "state.json", 2, "no such file");
  }
  return content;
}

Result<void> SimulatedServer::replace(const std::string& content) {
  if (touch("replace state") == Fate::fail) {
    return failing("replace state");
  }
  previousStateText = std::exchange(stateText, content);
  effectDone();
  return {};
}

Result<std::string> SimulatedServer::setAside(Generation generation) {
  if (touch("set aside") == Fate::fail) {
    return failing("set aside");
  }
  (generation == Generation::current ? stateText : previousStateText).clear();
  return std::string("C:\\data\\state.damaged.json");
}

Result<void> SimulatedServer::lock() {
  return touch("lock state") == Fate::fail ? Result<void>(failing("lock state")) : Result<void>();
}

bool SimulatedServer::tryAcquire() {
  if (touch("acquire repair lock") == Fate::fail || otherProcessRepairs) {
    return false;
  }
  lockHeld = true;
  return true;
}

boost::asio::awaitable<Result<ToolResult>> SimulatedServer::run(const ToolCommand& command,
                                                                Milliseconds deadline) {
  if (touch("run " + command.display()) == Fate::fail) {
    co_return failing("run " + command.display());
  }
  toolsRun.push_back(command.workingDirectory + ">" + command.display());
  ToolResult result;
  toolEffect(command, result);
  if (result.end == ToolEnd::timedOut) {
    co_await sleep(deadline);
  }
  effectDone();
  co_return result;
}

void SimulatedServer::toolEffect(const ToolCommand& command, ToolResult& result) {
  const std::string line = command.display();
  if (line.starts_with("regsvr32")) {
    regsvr32(result);
  } else if (line.starts_with("unlodctr")) {
    unlodctr(command.arguments.front(), result);
  } else if (command.arguments.front().starts_with("/S:")) {
    files[command.arguments.front().substr(3)] = ansi("all counter settings");
  } else {
    lodctr(command, result);
  }
}

void SimulatedServer::regsvr32(ToolResult& result) {
  if (behaviour.regsvr32Hangs) {
    result.end = ToolEnd::timedOut;
    return;
  }
  result.exitCode = behaviour.regsvr32Exit;
  if (!files.contains(libraryPath)) {
    result.exitCode = 3;
  }
  if (result.exitCode == 0) {
    KeyImage& key = performanceKeys[imcKey];
    set(key, text("Library", libraryPath));
    set(key, text("Open", "OpenImcPerformanceData"));
    set(key, text("Collect", "CollectImcPerformanceData"));
    set(key, text("Close", "CloseImcPerformanceData"));
  }
}

void SimulatedServer::unlodctr(const std::string& service, ToolResult& result) {
  result.exitCode = behaviour.unlodctrExit;
  if (behaviour.unlodctrHangs) {
    result.end = ToolEnd::timedOut;
    return;
  }
  KeyImage& key = performanceKeys[service];
  const auto first = dword(key, "First Counter"), last = dword(key, "Last Help");
  if (behaviour.unlodctrDoesNothing || !first || !last) {
    return;
  }
  auto counters = parse(files[namesFile]);
  auto helps = parse(files[helpsFile]);
  const auto inRange = [&](const auto& entry) {
    return entry.first >= *first && entry.first <= *last;
  };
  std::erase_if(counters, inRange);
  std::erase_if(helps, inRange);
  files[namesFile] = textList(counters);
  files[helpsFile] = textList(helps);
  if (dword(perflibTotals, "Last Help") == last) {
    set(perflibTotals, number("Last Counter", *first - 2));
    set(perflibTotals, number("Last Help", *first - 1));
  }
  for (const char* name : {"First Counter", "Last Counter", "First Help", "Last Help"}) {
    erase(key, name);
  }
  if (behaviour.loadPerfSource) {
    logEvent("LoadPerf", 1001, {service, "Internet Mail Service"});
  }
  if (behaviour.othersLoadMeanwhile) {
    loadTexts("Newcomer", {"New", "Counter"});
  }
}

void SimulatedServer::lodctr(const ToolCommand& command, ToolResult& result) {
  if (behaviour.lodctrHangs) {
    result.end = ToolEnd::timedOut;
    if (behaviour.lodctrLeavesHalfAFile) {
      auto& names = files[namesFile];
      names.resize(names.size() / 4 * 2);
      files.erase(helpsFile);
    }
    return;
  }
  if (behaviour.lodctrDoesNothing) {
    return;
  }
  const bool inputs = files.contains(command.workingDirectory + "\\" + command.arguments.front()) &&
                      files.contains(command.workingDirectory + "\\imcperf.h");
  if (behaviour.lodctrFails || !inputs) {
    result.exitCode = 112;
    if (behaviour.lodctrLeavesTexts) {
      auto counters = parse(files[namesFile]);
      counters[*dword(perflibTotals, "Last Help") + 1] = "MSExchangeIMC";
      files[namesFile] = textList(counters);
    }
    if (behaviour.loadPerfSource) {
      logEvent("LoadPerf", 3009, {imcKey, "Internet Mail Service"});
    }
    return;
  }
  if (dword(performanceKeys[imcKey], "First Counter")) {
    return;  // "already installed": lodctr without unlodctr refuses (Q226512)
  }
  loadTexts(imcKey, {"MSExchangeIMC", "Queued Inbound", "Queued Outbound"});
  if (behaviour.loadPerfSource) {
    logEvent("LoadPerf", 1000, {imcKey, "Internet Mail Service"});
  }
}

boost::asio::awaitable<ProbeResult> SimulatedServer::probe(const ProbeRequest& request,
                                                           Milliseconds) {
  ++probes;
  ProbeResult result;
  if (touch("probe") == Fate::fail) {
    result.outcome = ProbeOutcome::notRun;
    result.note = "the probe could not be started";
    co_return result;
  }
  const KeyImage& key = performanceKeys[request.service];
  result.outcome = ProbeOutcome::ok;
  result.stage = "open";
  if (behaviour.openStatus != 0) {
    result.outcome = ProbeOutcome::failed;
    result.status = behaviour.openStatus;
  } else if (!dword(key, "First Counter") || !dword(key, "First Help")) {
    result.outcome = ProbeOutcome::failed;
    result.status = 2;  // what Open returns that cannot read its index values
  }
  effectDone();
  co_return result;
}

boost::asio::awaitable<bool> SimulatedServer::sleep(Milliseconds duration) {
  if (behaviour.failsAgainWhileWatched && lockHeld && !toolsRun.empty() &&
      toolsRun.back().find("lodctr imcperf") != std::string::npos) {
    if (behaviour.clearedWhileWatched) {
      clearLog();
    }
    logOpenFailure();
  }
  const auto timer = std::make_shared<boost::asio::steady_timer>(
      *io, boost::asio::steady_timer::time_point::max());
  sleepers_.emplace(now_ + duration, timer);
  boost::system::error_code ignored;
  co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  co_return !stopping;
}

Result<LogPosition> SimulatedServer::drain() {
  if (touch("drain") == Fate::fail) {
    return failing("drain");
  }
  while (delivered_ < log_.size()) {
    const LogEvent event = log_[delivered_++];
    if (deliverTo) {
      deliverTo(event);
    }
  }
  return LogPosition{epoch_, log_.size()};
}

RepairPorts SimulatedServer::repairPorts(Witness& witness) {
  return {.survey = {*this, *this, *this},
          .registry = *this,
          .changes = *this,
          .tools = *this,
          .probe = *this,
          .sleeper = *this,
          .log = *this,
          .witness = witness};
}

Policy policyFor(Mode mode) {
  Policy policy;
  policy.mode = mode;
  WatchPolicy watch;
  watch.counterService = imcKey;
  watch.displayName = "Internet Mail Service";
  policy.watch.push_back(watch);
  return policy;
}

}  // namespace imshealth::testing
