// The lab's event log: one file that every process of a Wine prefix maps, standing in for the
// event-log service that Wine does not have. Both stand-in DLLs and the lab's own tools use it.
//
// The layout is fixed (little-endian, offsets asserted in store.cpp) because the Python driver
// reads events and writes settings straight in the file.
#pragma once

#include <windows.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

// Calls whose failure can be ordered; the numbers are part of the file's layout.
enum class Api : std::uint32_t {
  none,
  openEventLog,
  readEventLog,
  notifyChange,
  getCount,
  getOldest,
  reportEvent,
  evtSubscribe,
  evtNext,
  evtRender,
  evtQuery,
  evtGetLogInfo,
  evtCreateBookmark,
  evtUpdateBookmark,
  any,  // in an injection: whatever call comes
};

// How wevtapi shows a record's payload.
enum class Form : std::uint32_t {
  generic,         // EventData with unnamed Data, then Binary
  perflibClassic,  // UserData/EventXML: param1 param2 binaryDataSize binaryData
  manifest,        // EventData with named Data, the last of them a number
};

struct Injection {
  std::uint32_t api;
  std::uint32_t error;
  std::uint32_t count;  // how many calls still fail
  std::uint32_t skip;   // how many calls pass before that
};

struct Listener {
  std::uint32_t pid;  // 0: free
  std::uint32_t serial;
};

struct StoreHeader {
  char magic[8];
  std::uint32_t capacity;    // bytes of the record area, fixed at creation
  std::uint32_t indexSlots;  // a power of two, so that wrapping record numbers keep their slots
  std::uint64_t oldest;      // number of the oldest record kept
  std::uint64_t next;        // number of the next record to be written
  std::uint64_t tail;        // position of the oldest record; positions only grow
  std::uint64_t head;
  std::uint32_t epoch;       // raised by a clear: handles of an earlier epoch get 1503
  std::uint32_t generation;  // raised by a service restart: handles of an earlier one get 6
  // Settings.
  std::uint32_t serviceError;    // not 0: the service is down and every call fails with this
  std::uint32_t maxBytes;        // the log wraps here
  std::uint32_t maxRecords;      // or here; 0: no such limit
  std::uint32_t doNotOverwrite;  // a full log refuses new events with 1502
  std::uint32_t clearRestarts;   // numbering restarts at 1 after a clear
  std::uint32_t notifyInterval;  // ms between two notifications of one handle; 0: of each record
  std::uint32_t notifyPulse;     // PulseEvent instead of SetEvent
  std::uint32_t evtBatchBound;   // EvtNext for more records than this fails with 1734; 0: never
  Injection injections[8];
  Listener listeners[64];
  std::uint32_t calls;  // of any function, so far
  // A process that has the log for itself (id, or 0) locks it by this word, with the id of a thread
  // in it: each use of a mutex is a round trip to Wine's server.
  std::uint32_t onlyProcess;
  std::atomic<DWORD> onlyLock;
};

// A record as stored. Behind it: source, computer, strings (each NUL-terminated UTF-16), SID, data.
struct RecordHead {
  std::uint32_t size;  // of the whole record, a multiple of 8
  std::uint32_t form;
  std::uint64_t number;
  std::uint64_t fileTime;  // generated, FILETIME units
  std::uint32_t timeGenerated;
  std::uint32_t timeWritten;
  std::uint32_t eventId;
  std::uint16_t type;
  std::uint16_t category;
  std::uint32_t processId;
  std::uint32_t threadId;
  std::uint16_t stringCount;
  std::uint16_t sidLength;
  std::uint32_t dataLength;
  std::uint32_t sourceLength;    // UTF-16 units with the NUL
  std::uint32_t computerLength;  // the same
  std::uint32_t stringsLength;   // the same, all strings
  std::uint32_t reserved;
};

struct Event {
  Form form = Form::generic;
  std::uint64_t number = 0;
  std::uint64_t fileTime = 0;  // 0: now
  std::uint32_t timeGenerated = 0;
  std::uint32_t timeWritten = 0;
  std::uint32_t eventId = 0;
  std::uint16_t type = EVENTLOG_ERROR_TYPE;
  std::uint16_t category = 0;
  std::uint32_t processId = 0;
  std::uint32_t threadId = 0;
  std::wstring source;
  std::wstring computer;
  std::vector<std::wstring> strings;
  std::vector<std::uint8_t> sid;
  std::vector<std::uint8_t> data;
};

// What a stored record says. Its lengths are believed.
void decode(const RecordHead& record, Event& event);

// The mapped store. One per process; every call takes the store's named mutex for its duration.
class Store {
 public:
  static Store& instance();

  // What a handle has to remember of the log it was opened on.
  struct Stamp {
    std::uint32_t epoch;
    std::uint32_t generation;
  };
  struct Range {
    std::uint64_t oldest;
    std::uint64_t next;
  };

  // 0, or the error that the call must return: ordered failures, then a service that is down.
  DWORD admit(Api api);
  // The same for a call on an open handle, which a restarted service no longer knows.
  DWORD admit(Api api, const Stamp& opened);

  Stamp stamp();
  Range range();
  bool read(std::uint64_t number, Event& event);
  // The record as it is stored.
  bool copy(std::uint64_t number, std::vector<std::uint8_t>& record);
  // Writes the event and wakes the listeners. Returns 0 or ERROR_LOG_FILE_FULL.
  DWORD append(Event event, bool wake = true);
  // From now on no other process may use the log; the caller's threads do not use it yet.
  void takeAlone();
  void clear();
  void overwrite(std::uint64_t count);  // the oldest records give way, as in a full log
  bool full();
  void wakeListeners();

  void addListener(std::uint32_t pid, std::uint32_t serial);
  static std::wstring listenerEventName(std::uint32_t pid, std::uint32_t serial);

  // Under lock for the tools that change settings.
  StoreHeader& header() { return *header_; }
  void lock();
  void unlock();

 private:
  Store();
  RecordHead* at(std::uint64_t position);
  void dropOldest();

  HANDLE mutex_ = nullptr;
  // Taking the mutex costs a round trip to Wine's server; a thread that has it only counts.
  std::atomic<DWORD> owner_{0};
  unsigned depth_ = 0;
  bool alone_ = false;  // the owner locked it by onlyLock
  StoreHeader* header_ = nullptr;
  std::uint64_t* index_ = nullptr;
  std::uint8_t* records_ = nullptr;
};

class StoreLock {
 public:
  explicit StoreLock(Store& store) : store_(store) { store_.lock(); }
  ~StoreLock() { store_.unlock(); }
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;

 private:
  Store& store_;
};

inline constexpr wchar_t labFolder[] = L"C:\\lab";
inline constexpr wchar_t storeFile[] = L"C:\\lab\\events.store";
inline constexpr wchar_t settingsFile[] = L"C:\\lab\\settings.ini";
inline constexpr wchar_t journalFile[] = L"C:\\lab\\journal.jsonl";

}  // namespace lab
