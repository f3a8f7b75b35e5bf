// wevtapi.dll: the Windows Event Log functions over the lab's store, pull model only.
#include "tests/lab/eventlog/listeners.h"
#include "tests/lab/eventlog/render.h"
#include "tests/lab/eventlog/saved_log.h"
#include "tests/lab/eventlog/store.h"
#include "tests/lab/eventlog/winevt_objects.h"
#include "tests/lab/eventlog/xpath.h"

#include <windows.h>
#include <winevt.h>

#include <algorithm>
#include <cstring>
#include <memory>

using lab::Api;
using lab::BookmarkObject;
using lab::Context;
using lab::Event;
using lab::EventObject;
using lab::Filter;
using lab::find;
using lab::give;
using lab::LogObject;
using lab::Object;
using lab::Results;
using lab::Store;

namespace {

EVT_HANDLE fail(DWORD error) {
  SetLastError(error);
  return nullptr;
}

BOOL answer(DWORD error) {
  if (error != 0) {
    SetLastError(error);
  }
  return error == 0;
}

bool isApplication(const wchar_t* channel) {
  return channel != nullptr && _wcsicmp(channel, L"Application") == 0;
}

DWORD parseQuery(const wchar_t* query, Filter& filter) {
  const std::wstring text = query == nullptr ? L"*" : query;
  auto parsed = Filter::parse(text);
  if (!parsed) {
    return ERROR_EVT_INVALID_QUERY;
  }
  filter = *parsed;
  return 0;
}

DWORD parseQuery(const wchar_t* channel, const wchar_t* query, Filter& filter) {
  // With a structured query the channel argument is ignored.
  const bool structured = query != nullptr && std::wstring_view(query).starts_with(L"<QueryList");
  if (!structured && !isApplication(channel)) {
    return ERROR_EVT_CHANNEL_NOT_FOUND;
  }
  return parseQuery(query, filter);
}

bool isFullPath(const wchar_t* path) {
  return path != nullptr && path[0] != 0 &&
         (path[1] == L':' || (path[0] == L'\\' && path[1] == L'\\'));
}

// The service has a folder of its own: it finds no file that is named without one.
DWORD queryFile(Results& results, const wchar_t* path, const wchar_t* query) {
  if (!isFullPath(path)) {
    return ERROR_FILE_NOT_FOUND;
  }
  if (const DWORD error = parseQuery(query, results.filter)) {
    return error;
  }
  if (const DWORD error = lab::openSavedLog(path, results.file.emplace())) {
    return error;
  }
  std::erase_if(results.file->events,
                [&](const Event& event) { return !results.filter.matches(event); });
  results.end = results.file->events.size();
  results.position = results.backwards ? results.end : 0;
  return 0;
}

// Signals the subscriber whenever records arrived since the last look that its query selects.
void signalOnMatch(Results& results, HANDLE signal) {
  const Filter filter = results.filter;
  const DWORD generation = results.opened.generation;
  std::uint64_t seen = results.position;
  DWORD epoch = results.opened.epoch;
  const auto look = [filter, signal, generation, seen, epoch]() mutable {
    Store& store = Store::instance();
    lab::StoreLock guard(store);
    if (store.stamp().generation != generation || store.header().serviceError != 0) {
      return;
    }
    if (store.stamp().epoch != epoch) {
      epoch = store.stamp().epoch;
      seen = 0;
      SetEvent(signal);
    }
    const auto [oldest, next] = store.range();
    bool match = false;
    Event event;
    for (seen = std::max(seen, oldest); seen < next; ++seen) {
      match = match || (store.read(seen, event) && filter.matches(event));
    }
    if (match) {
      SetEvent(signal);
    }
  };
  auto first = look;
  first();
  results.listening = lab::listen(first);
}

DWORD startPosition(Results& results, const BookmarkObject* bookmark, DWORD flags) {
  const auto [oldest, next] = Store::instance().range();
  switch (flags & EvtSubscribeOriginMask) {
    case EvtSubscribeToFutureEvents: results.position = next; return 0;
    case EvtSubscribeStartAtOldestRecord: results.position = oldest; return 0;
    case EvtSubscribeStartAfterBookmark: {
      if (bookmark == nullptr) {
        return ERROR_INVALID_PARAMETER;
      }
      if (!bookmark->bookmark.recordId) {
        results.position = oldest;
        results.skipFirst = true;
        return 0;
      }
      const std::uint64_t id = *bookmark->bookmark.recordId;
      if (results.strict && (id < oldest || id >= next)) {
        return ERROR_NOT_FOUND;
      }
      results.position = std::clamp(id + 1, oldest, next);
      return 0;
    }
    default: return ERROR_INVALID_PARAMETER;
  }
}

DWORD giveEvents(std::vector<std::unique_ptr<EventObject>> found, EVT_HANDLE* handles,
                 DWORD* returned) {
  const std::uint32_t bound = Store::instance().header().evtBatchBound;
  if (bound != 0 && found.size() > bound) {
    return RPC_S_INVALID_BOUND;  // the position has moved all the same, as it does in Windows
  }
  for (auto& object : found) {
    handles[(*returned)++] = give(std::move(object));
  }
  return 0;
}

DWORD nextOfFile(Results& results, DWORD wanted, EVT_HANDLE* handles, DWORD* returned) {
  std::vector<std::unique_ptr<EventObject>> found;
  while (found.size() < wanted &&
         (results.backwards ? results.position > 0 : results.position < results.end)) {
    const std::uint64_t at = results.backwards ? --results.position : results.position++;
    found.push_back(std::make_unique<EventObject>());
    found.back()->event = results.file->events[static_cast<std::size_t>(at)];
  }
  if (found.empty()) {
    return results.file->broken != 0 ? results.file->broken : ERROR_NO_MORE_ITEMS;
  }
  return giveEvents(std::move(found), handles, returned);
}

DWORD nextEvents(Results& results, DWORD wanted, EVT_HANDLE* handles, DWORD* returned) {
  Store& store = Store::instance();
  *returned = 0;
  if (const DWORD error = store.admit(Api::evtNext, results.opened)) {
    return error;
  }
  if (results.file) {
    return nextOfFile(results, wanted, handles, returned);
  }
  lab::StoreLock guard(store);
  const auto range = store.range();
  if (results.opened.epoch != store.stamp().epoch || results.position < range.oldest) {
    // Cleared, or the log rolled past the reader.
    if (results.strict || !results.subscription) {
      return ERROR_EVT_QUERY_RESULT_STALE;
    }
    results.opened.epoch = store.stamp().epoch;
    results.position = std::max(results.position, range.oldest);
    if (results.position > range.next) {
      results.position = range.oldest;
    }
  }
  const std::uint64_t end = results.subscription ? range.next : results.end;
  std::vector<std::unique_ptr<EventObject>> found;
  Event event;
  while (found.size() < wanted) {
    const bool more = results.backwards ? results.position > range.oldest : results.position < end;
    if (!more) {
      break;
    }
    const std::uint64_t number = results.backwards ? --results.position : results.position++;
    if (!store.read(number, event) || !results.filter.matches(event)) {
      continue;
    }
    if (results.skipFirst) {
      results.skipFirst = false;
      continue;
    }
    found.push_back(std::make_unique<EventObject>());
    found.back()->event = event;
  }
  if (found.empty()) {
    return ERROR_NO_MORE_ITEMS;
  }
  return giveEvents(std::move(found), handles, returned);
}

DWORD putText(const std::wstring& text, void* buffer, DWORD size, DWORD* used) {
  *used = static_cast<DWORD>(2 * (text.size() + 1));
  if (buffer == nullptr || size < *used) {
    return ERROR_INSUFFICIENT_BUFFER;
  }
  std::memcpy(buffer, text.c_str(), *used);
  return 0;
}

DWORD render(EVT_HANDLE contextHandle, EVT_HANDLE fragment, DWORD flags, DWORD size, void* buffer,
             DWORD* used, DWORD* count) {
  if (const DWORD error = Store::instance().admit(Api::evtRender)) {
    return error;
  }
  *count = 0;
  if (flags == EvtRenderBookmark) {
    const auto* bookmark = find<BookmarkObject>(fragment);
    return bookmark == nullptr ? ERROR_INVALID_HANDLE
                               : putText(lab::toXml(bookmark->bookmark), buffer, size, used);
  }
  const auto* object = find<EventObject>(fragment);
  if (object == nullptr) {
    return ERROR_INVALID_HANDLE;
  }
  if (flags == EvtRenderEventXml) {
    return putText(lab::renderXml(object->event), buffer, size, used);
  }
  const auto* context = find<Context>(contextHandle);
  if (flags != EvtRenderEventValues || context == nullptr) {
    return ERROR_INVALID_PARAMETER;
  }
  return context->kind == EvtRenderContextSystem
             ? lab::renderSystem(object->event, buffer, size, used, count)
             : lab::renderUser(object->event, buffer, size, used, count);
}

}  // namespace

extern "C" {

EVT_HANDLE WINAPI EvtSubscribe(EVT_HANDLE session, HANDLE signal, LPCWSTR channel, LPCWSTR query,
                               EVT_HANDLE bookmark, PVOID, EVT_SUBSCRIBE_CALLBACK callback,
                               DWORD flags) {
  if (session != nullptr || callback != nullptr) {
    return fail(ERROR_NOT_SUPPORTED);
  }
  if (signal == nullptr) {
    return fail(ERROR_INVALID_PARAMETER);
  }
  Store& store = Store::instance();
  if (const DWORD error = store.admit(Api::evtSubscribe)) {
    return fail(error);
  }
  auto results = std::make_unique<Results>();
  results->subscription = true;
  results->strict = (flags & EvtSubscribeStrict) != 0;
  results->opened = store.stamp();
  DWORD error = parseQuery(channel, query, results->filter);
  if (error == 0) {
    error = startPosition(*results, find<BookmarkObject>(bookmark), flags);
  }
  if (error != 0) {
    return fail(error);
  }
  signalOnMatch(*results, signal);
  return give(std::move(results));
}

EVT_HANDLE WINAPI EvtQuery(EVT_HANDLE session, LPCWSTR path, LPCWSTR query, DWORD flags) {
  if (session != nullptr) {
    return fail(ERROR_NOT_SUPPORTED);
  }
  Store& store = Store::instance();
  if (const DWORD error = store.admit(Api::evtQuery)) {
    return fail(error);
  }
  auto results = std::make_unique<Results>();
  results->opened = store.stamp();
  results->backwards = (flags & EvtQueryReverseDirection) != 0;
  if ((flags & EvtQueryFilePath) != 0) {
    if (const DWORD error = queryFile(*results, path, query)) {
      return fail(error);
    }
    return give(std::move(results));
  }
  if (const DWORD error = parseQuery(path, query, results->filter)) {
    return fail(error);
  }
  const auto [oldest, next] = store.range();
  results->position = results->backwards ? next : oldest;
  results->end = next;
  return give(std::move(results));
}

BOOL WINAPI EvtNext(EVT_HANDLE handle, DWORD size, EVT_HANDLE* events, DWORD, DWORD,
                    PDWORD returned) {
  auto* results = find<Results>(handle);
  if (results == nullptr) {
    return answer(ERROR_INVALID_HANDLE);
  }
  if (size == 0 || events == nullptr || returned == nullptr) {
    return answer(ERROR_INVALID_PARAMETER);
  }
  return answer(nextEvents(*results, size, events, returned));
}

BOOL WINAPI EvtSeek(EVT_HANDLE handle, LONGLONG position, EVT_HANDLE bookmark, DWORD, DWORD flags) {
  auto* results = find<Results>(handle);
  if (results == nullptr) {
    return answer(ERROR_INVALID_HANDLE);
  }
  const auto [oldest, next] =
      results->file ? Store::Range{0, results->end} : Store::instance().range();
  std::int64_t base = 0;
  switch (flags & EvtSeekOriginMask) {
    case EvtSeekRelativeToFirst: base = static_cast<std::int64_t>(oldest); break;
    case EvtSeekRelativeToLast: base = static_cast<std::int64_t>(next) - 1; break;
    case EvtSeekRelativeToCurrent: base = static_cast<std::int64_t>(results->position); break;
    case EvtSeekRelativeToBookmark: {
      const auto* mark = find<BookmarkObject>(bookmark);
      if (mark == nullptr || !mark->bookmark.recordId) {
        return answer(ERROR_INVALID_PARAMETER);
      }
      base = static_cast<std::int64_t>(*mark->bookmark.recordId);
      break;
    }
    default: return answer(ERROR_INVALID_PARAMETER);
  }
  const auto first = static_cast<std::int64_t>(oldest);
  const auto behind = static_cast<std::int64_t>(next);
  std::int64_t target = base + position;
  if (first == behind || ((flags & EvtSeekStrict) != 0 && (target < first || target >= behind))) {
    return answer(ERROR_NOT_FOUND);
  }
  target = std::clamp(target, first, behind - 1);
  results->position = static_cast<std::uint64_t>(target) + (results->backwards ? 1 : 0);
  return TRUE;
}

EVT_HANDLE WINAPI EvtCreateRenderContext(DWORD count, LPCWSTR*, DWORD flags) {
  if (count != 0 || (flags != EvtRenderContextSystem && flags != EvtRenderContextUser)) {
    return fail(ERROR_NOT_SUPPORTED);  // value paths are not the lab's
  }
  auto context = std::make_unique<Context>();
  context->kind = flags;
  return give(std::move(context));
}

BOOL WINAPI EvtRender(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags, DWORD size,
                      PVOID buffer, PDWORD used, PDWORD count) {
  if (used == nullptr || count == nullptr) {
    return answer(ERROR_INVALID_PARAMETER);
  }
  return answer(render(context, fragment, flags, size, buffer, used, count));
}

EVT_HANDLE WINAPI EvtCreateBookmark(LPCWSTR xml) {
  if (const DWORD error = Store::instance().admit(Api::evtCreateBookmark)) {
    return fail(error);
  }
  auto object = std::make_unique<BookmarkObject>();
  if (xml != nullptr) {
    const auto bookmark = lab::parseBookmark(xml);
    if (!bookmark) {
      return fail(ERROR_INVALID_DATA);
    }
    object->bookmark = *bookmark;
  }
  return give(std::move(object));
}

BOOL WINAPI EvtUpdateBookmark(EVT_HANDLE bookmark, EVT_HANDLE event) {
  if (const DWORD error = Store::instance().admit(Api::evtUpdateBookmark)) {
    return answer(error);
  }
  auto* mark = find<BookmarkObject>(bookmark);
  const auto* object = find<EventObject>(event);
  if (mark == nullptr || object == nullptr) {
    return answer(ERROR_INVALID_HANDLE);
  }
  mark->bookmark.recordId = object->event.number;
  return TRUE;
}

EVT_HANDLE WINAPI EvtOpenLog(EVT_HANDLE session, LPCWSTR path, DWORD flags) {
  if (session != nullptr) {
    return fail(ERROR_NOT_SUPPORTED);
  }
  const bool isFile = (flags & EvtOpenFilePath) != 0;
  if (isFile ? !isFullPath(path) : !isApplication(path)) {
    return fail(ERROR_EVT_CHANNEL_NOT_FOUND);
  }
  if (const DWORD error = Store::instance().admit(Api::none)) {
    return fail(error);
  }
  auto log = std::make_unique<LogObject>();
  if (isFile) {
    lab::SavedLog saved;
    if (const DWORD error = lab::openSavedLog(path, saved)) {
      return fail(error);
    }
    const std::uint64_t oldest = saved.events.empty() ? 0 : saved.events.front().number;
    log->file = {oldest, oldest + saved.events.size()};
  }
  return give(std::move(log));
}

BOOL WINAPI EvtGetLogInfo(EVT_HANDLE log, EVT_LOG_PROPERTY_ID property, DWORD size,
                          PEVT_VARIANT value, PDWORD used) {
  const auto* object = find<LogObject>(log);
  if (object == nullptr) {
    return answer(ERROR_INVALID_HANDLE);
  }
  Store& store = Store::instance();
  if (const DWORD error = store.admit(Api::evtGetLogInfo)) {
    return answer(error);
  }
  if (used == nullptr) {
    return answer(ERROR_INVALID_PARAMETER);
  }
  *used = sizeof(EVT_VARIANT);
  if (value == nullptr || size < sizeof(EVT_VARIANT)) {
    return answer(ERROR_INSUFFICIENT_BUFFER);
  }
  std::memset(value, 0, sizeof *value);
  value->Type = EvtVarTypeUInt64;
  const auto [oldest, next] = object->file ? *object->file : store.range();
  switch (property) {
    case EvtLogNumberOfLogRecords: value->UInt64Val = next - oldest; return TRUE;
    case EvtLogOldestRecordNumber: value->UInt64Val = oldest; return TRUE;
    case EvtLogFileSize: value->UInt64Val = store.header().maxBytes; return TRUE;
    case EvtLogFull:
      value->Type = EvtVarTypeBoolean;
      value->BooleanVal = store.full() ? TRUE : FALSE;
      return TRUE;
    default: return answer(ERROR_NOT_SUPPORTED);
  }
}

BOOL WINAPI EvtCancel(EVT_HANDLE handle) {
  return answer(find<Object>(handle) == nullptr ? ERROR_INVALID_HANDLE : 0);
}

BOOL WINAPI EvtClose(EVT_HANDLE handle) {
  return answer(lab::take(handle) == nullptr ? ERROR_INVALID_HANDLE : 0);
}
}
