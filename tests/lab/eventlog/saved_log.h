// A saved log of the lab. It begins as an .evtx does, since that is what programs look at; behind
// the header stand the store's own records. Decoding the real format is Windows' work, not the
// lab's.
#pragma once

#include "tests/lab/eventlog/store.h"

#include <string>
#include <vector>

namespace lab {

struct SavedLog {
  std::vector<Event> events;
  DWORD broken = 0;  // what a read behind the last event gives: the rest is damaged
};

// 0, or what the system says of a file that cannot be opened, 13 for one that is no .evtx, 1500 for
// one without a record that the lab knows.
DWORD openSavedLog(const wchar_t* path, SavedLog& log);

// Writes the whole log to a file.
DWORD saveLog(const std::wstring& path, bool closedCleanly);

}  // namespace lab
