#include "tests/lab/eventlog/store.h"

#include <cstddef>
#include <cstring>

namespace lab {
namespace {

constexpr std::uint32_t headerBytes = 4096;
constexpr std::uint32_t indexSlots = 1u << 19;
constexpr std::uint32_t indexBytes = indexSlots * 8;
constexpr std::uint32_t capacity = 128u << 20;
constexpr char magic[8] = {'I', 'M', 'S', 'L', 'A', 'B', '0', '1'};

// lab.py knows these places.
static_assert(sizeof(StoreHeader) <= headerBytes);
static_assert(offsetof(StoreHeader, oldest) == 16);
static_assert(offsetof(StoreHeader, epoch) == 48);
static_assert(offsetof(StoreHeader, serviceError) == 56);
static_assert(offsetof(StoreHeader, injections) == 88);
static_assert(sizeof(RecordHead) == 72);

constexpr std::uint64_t unixEpochInFileTime = 116444736000000000ULL;

std::uint64_t nowFileTime() {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  return (static_cast<std::uint64_t>(now.dwHighDateTime) << 32) | now.dwLowDateTime;
}

std::uint32_t unixSeconds(std::uint64_t fileTime) {
  return static_cast<std::uint32_t>((fileTime - unixEpochInFileTime) / 10000000ULL);
}

void put(std::uint8_t*& out, const void* bytes, std::size_t size) {
  if (size != 0) {
    std::memcpy(out, bytes, size);
  }
  out += size;
}

}  // namespace

void decode(const RecordHead& head, Event& event) {
  event.form = static_cast<Form>(head.form);
  event.number = head.number;
  event.fileTime = head.fileTime;
  event.timeGenerated = head.timeGenerated;
  event.timeWritten = head.timeWritten;
  event.eventId = head.eventId;
  event.type = head.type;
  event.category = head.category;
  event.processId = head.processId;
  event.threadId = head.threadId;
  const auto* text = reinterpret_cast<const wchar_t*>(&head + 1);
  event.source = text;
  text += head.sourceLength;
  event.computer = text;
  text += head.computerLength;
  event.strings.clear();
  for (std::uint16_t i = 0; i < head.stringCount; ++i) {
    event.strings.emplace_back(text);
    text += event.strings.back().size() + 1;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text);
  event.sid.assign(bytes, bytes + head.sidLength);
  bytes += head.sidLength;
  event.data.assign(bytes, bytes + head.dataLength);
}

Store& Store::instance() {
  // Never destroyed: listener threads of the DLLs may outlive the module's static objects.
  static Store* store = new Store;
  return *store;
}

Store::Store() {
  mutex_ = CreateMutexW(nullptr, FALSE, L"Global\\ImsHealthLabStore");
  lock();
  CreateDirectoryW(labFolder, nullptr);
  HANDLE file = CreateFileW(storeFile, GENERIC_READ | GENERIC_WRITE,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                            OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  HANDLE mapping = CreateFileMappingW(file, nullptr, PAGE_READWRITE, 0,
                                      headerBytes + indexBytes + capacity, nullptr);
  auto* base = static_cast<std::uint8_t*>(MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0));
  if (base == nullptr) {
    OutputDebugStringW(L"lab: the event store cannot be mapped");
    TerminateProcess(GetCurrentProcess(), 99);
  }
  CloseHandle(mapping);
  CloseHandle(file);
  header_ = reinterpret_cast<StoreHeader*>(base);
  index_ = reinterpret_cast<std::uint64_t*>(base + headerBytes);
  records_ = base + headerBytes + indexBytes;
  if (std::memcmp(header_->magic, magic, sizeof magic) != 0) {
    std::memset(static_cast<void*>(header_), 0, sizeof *header_);
    header_->capacity = capacity;
    header_->indexSlots = indexSlots;
    header_->oldest = 1;
    header_->next = 1;
    header_->epoch = 1;
    header_->generation = 1;
    header_->maxBytes = 20u << 20;
    std::memcpy(header_->magic, magic, sizeof magic);
  }
  unlock();
}

// An abandoned mutex is taken like any other: append publishes a record last, so that a writer
// killed half-way has changed nothing that readers see.
void Store::lock() {
  const DWORD self = GetCurrentThreadId();
  if (owner_ != self) {
    const bool alone = header_ != nullptr && header_->onlyProcess == GetCurrentProcessId();
    if (alone) {
      for (DWORD nobody = 0; !header_->onlyLock.compare_exchange_weak(nobody, self); nobody = 0) {
        SwitchToThread();
      }
    } else {
      WaitForSingleObject(mutex_, INFINITE);
    }
    owner_ = self;
    alone_ = alone;
  }
  ++depth_;
}

void Store::unlock() {
  if (--depth_ == 0) {
    owner_ = 0;
    if (alone_) {
      header_->onlyLock = 0;
    } else {
      ReleaseMutex(mutex_);
    }
  }
}

void Store::takeAlone() {
  StoreLock guard(*this);
  header_->onlyProcess = GetCurrentProcessId();
  header_->onlyLock = 0;
}

DWORD Store::admit(Api api) {
  StoreLock guard(*this);
  ++header_->calls;
  for (Injection& injection : header_->injections) {
    const bool meant = injection.api == static_cast<std::uint32_t>(api) ||
                       injection.api == static_cast<std::uint32_t>(Api::any);
    if (!meant || injection.count == 0) {
      continue;
    }
    if (injection.skip > 0) {
      --injection.skip;
      continue;
    }
    --injection.count;
    return injection.error;
  }
  return header_->serviceError;
}

DWORD Store::admit(Api api, const Stamp& opened) {
  if (const DWORD error = admit(api)) {
    return error;
  }
  return stamp().generation == opened.generation ? 0 : ERROR_INVALID_HANDLE;
}

Store::Stamp Store::stamp() {
  StoreLock guard(*this);
  return {header_->epoch, header_->generation};
}

Store::Range Store::range() {
  StoreLock guard(*this);
  return {header_->oldest, header_->next};
}

RecordHead* Store::at(std::uint64_t position) {
  return reinterpret_cast<RecordHead*>(records_ + position % capacity);
}

bool Store::read(std::uint64_t number, Event& event) {
  StoreLock guard(*this);
  if (number < header_->oldest || number >= header_->next) {
    return false;
  }
  decode(*at(index_[number % indexSlots]), event);
  return true;
}

bool Store::copy(std::uint64_t number, std::vector<std::uint8_t>& record) {
  StoreLock guard(*this);
  if (number < header_->oldest || number >= header_->next) {
    return false;
  }
  const RecordHead& head = *at(index_[number % indexSlots]);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&head);
  record.assign(bytes, bytes + head.size);
  return true;
}

void Store::dropOldest() {
  ++header_->oldest;
  header_->tail =
      header_->oldest == header_->next ? header_->head : index_[header_->oldest % indexSlots];
}

bool Store::full() {
  StoreLock guard(*this);
  return header_->doNotOverwrite != 0 && header_->head - header_->tail + 1024 > header_->maxBytes;
}

DWORD Store::append(Event event, bool wake) {
  RecordHead head{};
  head.form = static_cast<std::uint32_t>(event.form);
  head.fileTime = event.fileTime != 0 ? event.fileTime : nowFileTime();
  head.timeGenerated = event.timeGenerated != 0 ? event.timeGenerated : unixSeconds(head.fileTime);
  head.timeWritten = event.timeWritten != 0 ? event.timeWritten : unixSeconds(nowFileTime());
  head.eventId = event.eventId;
  head.type = event.type;
  head.category = event.category;
  head.processId = event.processId;
  head.threadId = event.threadId;
  head.stringCount = static_cast<std::uint16_t>(event.strings.size());
  head.sidLength = static_cast<std::uint16_t>(event.sid.size());
  head.dataLength = static_cast<std::uint32_t>(event.data.size());
  head.sourceLength = static_cast<std::uint32_t>(event.source.size() + 1);
  head.computerLength = static_cast<std::uint32_t>(event.computer.size() + 1);
  for (const std::wstring& text : event.strings) {
    head.stringsLength += static_cast<std::uint32_t>(std::wcslen(text.c_str()) + 1);
  }
  const std::size_t size = sizeof head +
                           2 * (head.sourceLength + head.computerLength + head.stringsLength) +
                           head.sidLength + head.dataLength;
  head.size = static_cast<std::uint32_t>((size + 7) / 8 * 8);

  {
    StoreLock guard(*this);
    std::uint64_t position = header_->head;
    if (position % capacity + head.size > capacity) {
      position += capacity - position % capacity;  // records are never split
    }
    const std::uint64_t limit = header_->maxBytes < capacity ? header_->maxBytes : capacity;
    while (header_->oldest != header_->next &&
           (position + head.size - header_->tail > limit ||
            header_->next - header_->oldest >= indexSlots ||
            (header_->maxRecords != 0 && header_->next - header_->oldest >= header_->maxRecords))) {
      if (header_->doNotOverwrite != 0) {
        return ERROR_LOG_FILE_FULL;
      }
      dropOldest();
    }
    head.number = header_->next;
    auto* out = reinterpret_cast<std::uint8_t*>(at(position));
    put(out, &head, sizeof head);
    put(out, event.source.c_str(), 2 * head.sourceLength);
    put(out, event.computer.c_str(), 2 * head.computerLength);
    for (const std::wstring& text : event.strings) {
      put(out, text.c_str(), 2 * (std::wcslen(text.c_str()) + 1));
    }
    put(out, event.sid.data(), event.sid.size());
    put(out, event.data.data(), event.data.size());
    index_[head.number % indexSlots] = position;
    if (header_->oldest == header_->next) {
      header_->tail = position;
    }
    header_->head = position + head.size;
    MemoryBarrier();
    ++header_->next;
  }
  if (wake) {
    wakeListeners();
  }
  return 0;
}

void Store::clear() {
  StoreLock guard(*this);
  if (header_->clearRestarts != 0) {
    header_->next = 1;
  }
  header_->oldest = header_->next;
  header_->tail = header_->head;
  ++header_->epoch;
}

void Store::overwrite(std::uint64_t count) {
  StoreLock guard(*this);
  for (; count > 0 && header_->oldest != header_->next; --count) {
    dropOldest();
  }
}

std::wstring Store::listenerEventName(std::uint32_t pid, std::uint32_t serial) {
  return L"Global\\ImsHealthLabNotify-" + std::to_wstring(pid) + L"-" + std::to_wstring(serial);
}

void Store::addListener(std::uint32_t pid, std::uint32_t serial) {
  StoreLock guard(*this);
  for (Listener& slot : header_->listeners) {
    if (slot.pid == 0) {
      slot = {pid, serial};
      return;
    }
  }
}

void Store::wakeListeners() {
  StoreLock guard(*this);
  for (Listener& slot : header_->listeners) {
    if (slot.pid == 0) {
      continue;
    }
    HANDLE event =
        OpenEventW(EVENT_MODIFY_STATE, FALSE, listenerEventName(slot.pid, slot.serial).c_str());
    if (event == nullptr) {
      slot = {};  // that process has ended
      continue;
    }
    SetEvent(event);
    CloseHandle(event);
  }
}

}  // namespace lab
