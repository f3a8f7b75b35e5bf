#include "core/facts_json.h"

#include "core/json_fields.h"

#include <nlohmann/json.hpp>

#include <array>

namespace imshealth {
namespace json_fields {

template <>
struct EnumNames<Machine> {
  static constexpr std::array<std::string_view, 7> names{"i386",  "amd64", "alpha", "arm",
                                                         "arm64", "win16", "other"};
};
template <>
struct EnumNames<DriveKind> {
  static constexpr std::array<std::string_view, 6> names{"fixed",   "removable", "remote",
                                                         "optical", "ramDisk",   "unknown"};
};
template <>
struct EnumNames<ProbeOutcome> {
  static constexpr std::array<std::string_view, 5> names{"ok", "failed", "timedOut", "crashed",
                                                         "notRun"};
};

}  // namespace json_fields

// Found by their arguments from json_fields, hence not in the anonymous namespace.
template <class Archive>
void describeFields(Archive& archive, SystemFacts& system) {
  archive("osMajor", system.osMajor);
  archive("osMinor", system.osMinor);
  archive("osBuild", system.osBuild);
  archive("windows64", system.windows64);
  archive("systemDirectory", system.systemDirectory);
  archive("windowsDirectory", system.windowsDirectory);
  archive("clusterNode", system.clusterNode);
  archive("terminalServerExecuteMode", system.terminalServerExecuteMode);
  archive("perflibEventLogLevel", system.perflibEventLogLevel);
  archive("hasLoadPerfSource", system.hasLoadPerfSource);
  archive("exchangeRoot", system.exchangeRoot);
  archive("serviceAccount", system.serviceAccount);
  archive("programMachine", system.programMachine);
}

template <class Archive>
void describeFields(Archive& archive, ServiceFacts& service) {
  archive("keyExists", service.keyExists);
  archive("installed", service.installed);
  archive("running", service.running);
}

template <class Archive>
void describeFields(Archive& archive, PerformanceKey& key) {
  archive("exists", key.exists);
  archive("library", key.library);
  archive("open", key.open);
  archive("collect", key.collect);
  archive("close", key.close);
  archive("firstCounter", key.firstCounter);
  archive("lastCounter", key.lastCounter);
  archive("firstHelp", key.firstHelp);
  archive("lastHelp", key.lastHelp);
  archive("objectList", key.objectList);
  archive("disablePerformanceCounters", key.disablePerformanceCounters);
  archive("malformedValues", key.malformedValues);
}

template <class Archive>
void describeFields(Archive& archive, FileFact& file) {
  archive("path", file.path);
  archive("exists", file.exists);
  archive("isDirectory", file.isDirectory);
  archive("size", file.size);
  archive("readOnly", file.readOnly);
  archive("lockedForWriting", file.lockedForWriting);
  archive("error", file.error);
}

template <class Archive>
void describeFields(Archive& archive, PeImage& image) {
  archive("machine", image.machine);
  archive("isDll", image.isDll);
  archive("exports", image.exports);
  archive("imports", image.imports);
  archive("fileVersion", image.fileVersion);
}

template <class Archive>
void describeFields(Archive& archive, LibraryFacts& library) {
  archive("path", library.path);
  archive("registeredPath", library.registeredPath);
  archive("file", library.file);
  archive("image", library.image);
  archive("imageError", library.imageError);
  archive("version", library.version);
  archive("missingImports", library.missingImports);
  archive("trustedCopy", library.trustedCopy);
  archive("trustedCopyImage", library.trustedCopyImage);
  archive("sameAsTrustedCopy", library.sameAsTrustedCopy);
}

template <class Archive>
void describeFields(Archive& archive, CounterText& text) {
  archive("symbol", text.symbol);
  archive("language", text.language);
  archive("name", text.name);
  archive("help", text.help);
}

template <class Archive>
void describeFields(Archive& archive, CounterIni& ini) {
  archive("driverName", ini.driverName);
  archive("symbolFile", ini.symbolFile);
  archive("languages", ini.languages);
  archive("objects", ini.objects);
  archive("texts", ini.texts);
}

template <class Archive>
void describeFields(Archive& archive, SymbolFile& symbols) {
  archive("offsets", symbols.offsets);
}

template <class Archive>
void describeFields(Archive& archive, CounterFileFacts& counters) {
  archive("directory", counters.directory);
  archive("file", counters.file);
  archive("ini", counters.ini);
  archive("iniError", counters.iniError);
  archive("symbolFile", counters.symbolFile);
  archive("symbols", counters.symbols);
  archive("symbolError", counters.symbolError);
}

template <class Archive>
void describeFields(Archive& archive, PerflibTotals& totals) {
  archive("lastCounter", totals.lastCounter);
  archive("lastHelp", totals.lastHelp);
  archive("baseIndex", totals.baseIndex);
}

template <class Archive>
void describeFields(Archive& archive, ServiceRange& range) {
  archive("service", range.service);
  archive("firstCounter", range.firstCounter);
  archive("lastCounter", range.lastCounter);
  archive("firstHelp", range.firstHelp);
  archive("lastHelp", range.lastHelp);
}

template <class Archive>
void describeFields(Archive& archive, LanguageTexts& texts) {
  archive("language", texts.language);
  archive("names", texts.names);
  archive("helps", texts.helps);
  archive("damage", texts.damage);
}

template <class Archive>
void describeFields(Archive& archive, IndexSpace& space) {
  archive("totals", space.totals);
  archive("services", space.services);
  archive("languages", space.languages);
}

template <class Archive>
void describeFields(Archive& archive, AccessEntry& entry) {
  archive("allow", entry.allow);
  archive("inheritOnly", entry.inheritOnly);
  archive("mask", entry.mask);
  archive("sid", entry.sid);
}

template <class Archive>
void describeFields(Archive& archive, PathElement& element) {
  archive("path", element.path);
  archive("isDirectory", element.isDirectory);
  archive("reparsePoint", element.reparsePoint);
  archive("owner", element.owner);
  archive("entries", element.entries);
}

template <class Archive>
void describeFields(Archive& archive, PathTrust& trust) {
  archive("purpose", trust.purpose);
  archive("path", trust.path);
  archive("isUnc", trust.isUnc);
  archive("drive", trust.drive);
  archive("elements", trust.elements);
  archive("error", trust.error);
}

template <class Archive>
void describeFields(Archive& archive, ProbeResult& probe) {
  archive("outcome", probe.outcome);
  archive("status", probe.status);
  archive("stage", probe.stage);
  archive("note", probe.note);
}

template <class Archive>
void describeFields(Archive& archive, Facts& facts) {
  archive("counterService", facts.counterService);
  archive("eventStatus", facts.eventStatus);
  archive("eventId", facts.eventId);
  archive("system", facts.system);
  archive("service", facts.service);
  archive("key", facts.key);
  archive("keyError", facts.keyError);
  archive("library", facts.library);
  archive("counterFile", facts.counterFile);
  archive("indexSpace", facts.indexSpace);
  archive("indexSpaceError", facts.indexSpaceError);
  archive("textFiles", facts.textFiles);
  archive("trust", facts.trust);
  archive("directoryTrusted", facts.directoryTrusted);
  archive("servicesFailingTogether", facts.servicesFailingTogether);
  archive("probe", facts.probe);
}

template <class Archive>
void describeFields(Archive& archive, OpenFailure& failure) {
  archive("counterService", failure.counterService);
  archive("eventId", failure.eventId);
  archive("recordNumber", failure.recordNumber);
  archive("timeGenerated", failure.timeGenerated);
  archive("status", failure.status);
}

std::string_view toString(ProbeOutcome outcome) {
  return json_fields::EnumNames<ProbeOutcome>::names[static_cast<std::size_t>(outcome)];
}

nlohmann::json toJson(const Facts& facts) {
  return json_fields::write(facts);
}

nlohmann::json toJson(const OpenFailure& failure) {
  return json_fields::write(failure);
}

nlohmann::json toJson(const Finding& finding) {
  const CauseRow& row = rowOf(finding.cause);
  json_fields::Json json{{"cause", row.code},
                         {"meaning", row.meaning},
                         {"evidence", finding.evidence},
                         {"remedy", row.remedy},
                         {"repairable", finding.repairable}};
  if (!row.article.empty()) {
    json["article"] = row.article;
  }
  return json;
}

Result<Facts> factsFromJson(const nlohmann::json& json) {
  return json_fields::readDocument<Facts>(json, "facts");
}

Result<OpenFailure> openFailureFromJson(const nlohmann::json& json) {
  return json_fields::readDocument<OpenFailure>(json, "event");
}

namespace {

/// A finding as it is read: the cause still a word.
struct WrittenFinding {
  std::string cause, evidence;
  bool repairable = false;
};

template <class Archive>
void describeFields(Archive& archive, WrittenFinding& finding) {
  archive("cause", finding.cause);
  archive("evidence", finding.evidence);
  archive("repairable", finding.repairable);
}

}  // namespace

Result<Finding> findingFromJson(const nlohmann::json& json) {
  auto written = json_fields::readDocument<WrittenFinding>(json, "finding");
  if (!written) {
    return written.error();
  }
  const auto cause = causeFromCode(written->cause);
  if (!cause) {
    return Error{ErrorKind::corrupt, "finding", 0, "cause: one of the cause codes expected"};
  }
  return Finding{*cause, std::move(written->evidence), written->repairable};
}

}  // namespace imshealth
