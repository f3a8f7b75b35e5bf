#include "tests/lab/contract/lab_log.h"

namespace lab {

LabLog::LabLog() {
  if (store_.header().onlyProcess != GetCurrentProcessId()) {
    store_.takeAlone();
  }
  StoreLock guard(store_);
  StoreHeader& header = store_.header();
  for (Injection& injection : header.injections) {
    injection = {};
  }
  header.maxRecords = 0;
  header.notifyPulse = 0;
  callsBefore_ = header.calls;
  startService();
  clear(false);
}

void LabLog::write(const std::string& name) {
  Event event;
  event.form = Form::perflibClassic;
  event.source = L"Perflib";
  event.eventId = 0xC00003F0;
  event.strings = {std::wstring(name.begin(), name.end())};
  append(std::move(event));
}

void LabLog::writeOther() {
  Event event;
  event.source = L"Noise";
  event.eventId = 1;
  append(std::move(event));
}

void LabLog::append(Event event) {
  constexpr std::uint64_t from1601To1970 = 11'644'473'600;
  event.timeGenerated = event.timeWritten = static_cast<std::uint32_t>(clock);
  event.fileTime = (static_cast<std::uint64_t>(clock) + from1601To1970) * 10'000'000;
  ++clock;
  store_.append(std::move(event), false);
}

void LabLog::clear(bool numbersGoOn) {
  StoreLock guard(store_);
  store_.header().clearRestarts = numbersGoOn ? 0 : 1;
  store_.clear();
}

void LabLog::notify() {
  store_.wakeListeners();
}

void LabLog::stopService(std::uint32_t error) {
  StoreLock guard(store_);
  store_.header().serviceError = error;
}

void LabLog::startService() {
  StoreLock guard(store_);
  store_.header().serviceError = 0;
  ++store_.header().generation;
}

void LabLog::failCalls(int nth, std::uint32_t error, int times) {
  StoreLock guard(store_);
  store_.header().injections[0] = {static_cast<std::uint32_t>(Api::any), error,
                                   static_cast<std::uint32_t>(times),
                                   static_cast<std::uint32_t>(nth - 1)};
}

int LabLog::calls() const {
  return static_cast<int>(store_.header().calls - callsBefore_);
}

void LabLog::pulse(bool on) {
  StoreLock guard(store_);
  store_.header().notifyPulse = on ? 1 : 0;
}

}  // namespace lab
