// The lab's log as the promises of an event source want it: written to, cleared and broken by the
// test itself, in the same file that the stand-ins for the log service serve the real adapters
// from.
#pragma once

#include "tests/lab/eventlog/store.h"

#include <cstdint>
#include <string>

namespace lab {

class LabLog {
 public:
  LabLog();  // empty, record 1 comes next

  void write(const std::string& name);
  void writeOther();
  void clear(bool numbersGoOn);
  void notify();  // readers that wait are told; the tests that only read are quicker without
  void overwrite(std::size_t count) { store_.overwrite(count); }
  void stopService(std::uint32_t error);
  void startService();
  void failCalls(int nth, std::uint32_t error, int times);
  int calls() const;
  void pulse(bool on);  // notify as NT 4.0 and 2000 do

  std::int64_t clock = 1'000'000'000;  // seconds, of the next record

 private:
  void append(Event event);

  Store& store_ = Store::instance();
  std::uint32_t callsBefore_ = 0;
};

}  // namespace lab
