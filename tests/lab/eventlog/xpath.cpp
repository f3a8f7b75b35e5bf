#include "tests/lab/eventlog/xpath.h"

#include <cstdint>
#include <cwctype>
#include <functional>
#include <utility>

namespace lab {
namespace {

using Test = std::function<bool(const Event&)>;

struct TestCondition : Condition {
  explicit TestCondition(Test test) : test_(std::move(test)) {}
  bool matches(const Event& event) const override { return test_(event); }
  Test test_;
};

enum class Relation { equal, notEqual, less, lessOrEqual, greater, greaterOrEqual };

template <class T>
bool holds(Relation relation, const T& left, const T& right) {
  switch (relation) {
    case Relation::equal: return left == right;
    case Relation::notEqual: return left != right;
    case Relation::less: return left < right;
    case Relation::lessOrEqual: return left <= right;
    case Relation::greater: return left > right;
    case Relation::greaterOrEqual: return left >= right;
  }
  return false;
}

std::uint64_t nowFileTime() {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  return (static_cast<std::uint64_t>(now.dwHighDateTime) << 32) | now.dwLowDateTime;
}

// 2026-01-31T12:34:56[.fraction]Z
std::optional<std::uint64_t> fileTimeOf(const std::wstring& text) {
  SYSTEMTIME time{};
  unsigned part[6];
  if (swscanf(text.c_str(), L"%u-%u-%uT%u:%u:%u", &part[0], &part[1], &part[2], &part[3], &part[4],
              &part[5]) != 6) {
    return std::nullopt;
  }
  time.wYear = static_cast<WORD>(part[0]);
  time.wMonth = static_cast<WORD>(part[1]);
  time.wDay = static_cast<WORD>(part[2]);
  time.wHour = static_cast<WORD>(part[3]);
  time.wMinute = static_cast<WORD>(part[4]);
  time.wSecond = static_cast<WORD>(part[5]);
  FILETIME result;
  if (!SystemTimeToFileTime(&time, &result)) {
    return std::nullopt;
  }
  return (static_cast<std::uint64_t>(result.dwHighDateTime) << 32) | result.dwLowDateTime;
}

class Parser {
 public:
  explicit Parser(std::wstring_view text) : text_(text) {}

  // '*' or 'Event', then any number of predicates.
  bool path(Test& test) {
    if (!take(L"*") && !word(L"Event")) {
      return false;
    }
    test = [](const Event&) { return true; };
    while (take(L"[")) {
      Test predicate;
      if (!either(predicate, &Parser::eventTerm) || !take(L"]")) {
        return false;
      }
      test = both(test, predicate);
    }
    skipBlanks();
    return text_.empty();
  }

 private:
  using Term = bool (Parser::*)(Test&);

  static Test both(Test left, Test right) {
    return [left, right](const Event& event) { return left(event) && right(event); };
  }

  bool either(Test& test, Term term) {
    if (!conjunction(test, term)) {
      return false;
    }
    while (word(L"or")) {
      Test right;
      if (!conjunction(right, term)) {
        return false;
      }
      test = [left = test, right](const Event& event) { return left(event) || right(event); };
    }
    return true;
  }

  bool conjunction(Test& test, Term term) {
    if (!primary(test, term)) {
      return false;
    }
    while (word(L"and")) {
      Test right;
      if (!primary(right, term)) {
        return false;
      }
      test = both(test, right);
    }
    return true;
  }

  bool primary(Test& test, Term term) {
    if (take(L"(")) {
      return either(test, term) && take(L")");
    }
    return (this->*term)(test);
  }

  bool eventTerm(Test& test) {
    return word(L"System") && take(L"[") && either(test, &Parser::systemTerm) && take(L"]");
  }

  bool systemTerm(Test& test) {
    if (word(L"Provider")) {
      return take(L"[") && either(test, &Parser::providerTerm) && take(L"]");
    }
    if (word(L"TimeCreated")) {
      return take(L"[") && either(test, &Parser::timeTerm) && take(L"]");
    }
    if (word(L"EventID")) {
      return number(test, [](const Event& event) { return event.eventId & 0xFFFFu; });
    }
    if (word(L"EventRecordID")) {
      return number(test, [](const Event& event) { return event.number; });
    }
    if (word(L"Level")) {
      return number(test, [](const Event& event) { return level(event); });
    }
    return false;
  }

  bool providerTerm(Test& test) {
    std::wstring name;
    if (!take(L"@") || !word(L"Name") || !take(L"=") || !literal(name)) {
      return false;
    }
    test = [name](const Event& event) {
      return CompareStringW(LOCALE_INVARIANT, NORM_IGNORECASE, providerName(event).c_str(), -1,
                            name.c_str(), -1) == CSTR_EQUAL;
    };
    return true;
  }

  bool timeTerm(Test& test) {
    Relation relation;
    if (word(L"timediff")) {
      std::uint64_t milliseconds;
      if (!take(L"(") || !take(L"@") || !word(L"SystemTime") || !take(L")") ||
          !comparison(relation) || !digits(milliseconds)) {
        return false;
      }
      test = [relation, milliseconds](const Event& event) {
        return holds(relation, (nowFileTime() - event.fileTime) / 10000, milliseconds);
      };
      return true;
    }
    std::wstring text;
    if (!take(L"@") || !word(L"SystemTime") || !comparison(relation) || !literal(text)) {
      return false;
    }
    const auto time = fileTimeOf(text);
    if (!time) {
      return false;
    }
    test = [relation, time](const Event& event) { return holds(relation, event.fileTime, *time); };
    return true;
  }

  template <class Get>
  bool number(Test& test, Get get) {
    Relation relation;
    std::uint64_t value;
    if (!comparison(relation) || !digits(value)) {
      return false;
    }
    test = [relation, value, get](const Event& event) {
      return holds(relation, static_cast<std::uint64_t>(get(event)), value);
    };
    return true;
  }

  bool comparison(Relation& relation) {
    static constexpr std::pair<const wchar_t*, Relation> all[] = {{L"!=", Relation::notEqual},
                                                                  {L"<=", Relation::lessOrEqual},
                                                                  {L">=", Relation::greaterOrEqual},
                                                                  {L"=", Relation::equal},
                                                                  {L"<", Relation::less},
                                                                  {L">", Relation::greater}};
    for (const auto& [sign, meaning] : all) {
      if (take(sign)) {
        relation = meaning;
        return true;
      }
    }
    return false;
  }

  bool digits(std::uint64_t& value) {
    skipBlanks();
    if (text_.empty() || !std::iswdigit(text_.front())) {
      return false;
    }
    value = 0;
    while (!text_.empty() && std::iswdigit(text_.front())) {
      value = value * 10 + static_cast<std::uint64_t>(text_.front() - L'0');
      text_.remove_prefix(1);
    }
    return true;
  }

  bool literal(std::wstring& value) {
    skipBlanks();
    if (text_.empty() || (text_.front() != L'\'' && text_.front() != L'"')) {
      return false;
    }
    const std::size_t end = text_.find(text_.front(), 1);
    if (end == std::wstring_view::npos) {
      return false;
    }
    value = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return true;
  }

  bool take(std::wstring_view sign) {
    skipBlanks();
    if (!text_.starts_with(sign)) {
      return false;
    }
    text_.remove_prefix(sign.size());
    return true;
  }

  bool word(std::wstring_view name) {
    skipBlanks();
    if (!text_.starts_with(name) ||
        (text_.size() > name.size() && std::iswalnum(text_[name.size()]))) {
      return false;
    }
    text_.remove_prefix(name.size());
    return true;
  }

  void skipBlanks() {
    while (!text_.empty() && std::iswspace(text_.front())) {
      text_.remove_prefix(1);
    }
  }

  std::wstring_view text_;
};

std::wstring unescaped(std::wstring_view xml) {
  static constexpr std::pair<std::wstring_view, wchar_t> entities[] = {
      {L"&lt;", L'<'}, {L"&gt;", L'>'}, {L"&quot;", L'"'}, {L"&apos;", L'\''}, {L"&amp;", L'&'}};
  std::wstring text;
  while (!xml.empty()) {
    wchar_t next = xml.front();
    std::size_t length = 1;
    for (const auto& [entity, character] : entities) {
      if (xml.starts_with(entity)) {
        next = character;
        length = entity.size();
      }
    }
    text += next;
    xml.remove_prefix(length);
  }
  return text;
}

}  // namespace

std::wstring providerName(const Event& event) {
  return event.form == Form::perflibClassic ? L"Microsoft-Windows-" + event.source : event.source;
}

unsigned char level(const Event& event) {
  switch (event.type) {
    case EVENTLOG_ERROR_TYPE: return 2;
    case EVENTLOG_WARNING_TYPE: return 3;
    case EVENTLOG_INFORMATION_TYPE: return 4;
    default: return 0;
  }
}

std::optional<Filter> Filter::parse(std::wstring_view query) {
  std::wstring inner;
  if (query.starts_with(L"<QueryList")) {
    const std::size_t select = query.find(L"<Select");
    const std::size_t begin = query.find(L'>', select);
    const std::size_t end = query.find(L"</Select>");
    if (select == std::wstring_view::npos || begin == std::wstring_view::npos ||
        end == std::wstring_view::npos || end < begin ||
        query.find(L"<Select", end) != std::wstring_view::npos ||
        query.find(L"<Suppress") != std::wstring_view::npos) {
      return std::nullopt;
    }
    inner = unescaped(query.substr(begin + 1, end - begin - 1));
    query = inner;
  }
  Test test;
  if (!Parser(query).path(test)) {
    return std::nullopt;
  }
  Filter filter;
  filter.condition_ = std::make_shared<TestCondition>(std::move(test));
  return filter;
}

}  // namespace lab
