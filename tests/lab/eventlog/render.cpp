#include "tests/lab/eventlog/render.h"

#include "tests/lab/eventlog/xpath.h"

#include <cstring>
#include <cwchar>

namespace lab {
namespace {

constexpr GUID perflibGuid = {
    0x13B197BD, 0x7CEE, 0x4B4E, {0x8D, 0xD0, 0x59, 0x31, 0x4C, 0xE3, 0x74, 0xCE}};
constexpr ULONGLONG classicKeyword = 0x80000000000000ULL;
constexpr ULONGLONG manifestKeyword = 0x8000000000000000ULL;

// Collects values and what they point to; `finish` lays both out in the caller's buffer.
class Values {
 public:
  EVT_VARIANT& add(DWORD type) {
    variants_.emplace_back();
    std::memset(&variants_.back(), 0, sizeof(EVT_VARIANT));
    variants_.back().Type = type;
    blobs_.emplace_back();
    return variants_.back();
  }
  void addNull() { add(EvtVarTypeNull); }
  void addBytes(DWORD type, const void* bytes, std::size_t size, DWORD count) {
    add(type).Count = count;
    const auto* from = static_cast<const std::uint8_t*>(bytes);
    blobs_.back().assign(from, from + size);
  }
  void addString(const std::wstring& text) {
    const std::size_t units = std::wcslen(text.c_str()) + 1;
    addBytes(EvtVarTypeString, text.c_str(), 2 * units, static_cast<DWORD>(units));
  }

  DWORD finish(void* buffer, DWORD size, DWORD* used, DWORD* count) {
    std::size_t need = variants_.size() * sizeof(EVT_VARIANT);
    for (const auto& blob : blobs_) {
      need += (blob.size() + 7) / 8 * 8;
    }
    *used = static_cast<DWORD>(need);
    *count = static_cast<DWORD>(variants_.size());
    if (buffer == nullptr || size < need) {
      return ERROR_INSUFFICIENT_BUFFER;
    }
    auto* out = static_cast<std::uint8_t*>(buffer) + variants_.size() * sizeof(EVT_VARIANT);
    for (std::size_t i = 0; i < variants_.size(); ++i) {
      if (!blobs_[i].empty()) {
        std::memcpy(out, blobs_[i].data(), blobs_[i].size());
        variants_[i].BinaryVal = out;
        out += (blobs_[i].size() + 7) / 8 * 8;
      }
    }
    std::memcpy(buffer, variants_.data(), variants_.size() * sizeof(EVT_VARIANT));
    return 0;
  }

 private:
  std::vector<EVT_VARIANT> variants_;
  std::vector<std::vector<std::uint8_t>> blobs_;
};

std::wstring escaped(const std::wstring& text) {
  std::wstring out;
  for (const wchar_t character : text) {
    switch (character) {
      case L'&': out += L"&amp;"; break;
      case L'<': out += L"&lt;"; break;
      case L'>': out += L"&gt;"; break;
      case L'\'': out += L"&apos;"; break;
      default: out += character;
    }
  }
  return out;
}

std::wstring hex(const std::vector<std::uint8_t>& bytes) {
  std::wstring out;
  for (const std::uint8_t byte : bytes) {
    wchar_t pair[3];
    swprintf(pair, 3, L"%02X", byte);
    out += pair;
  }
  return out;
}

std::wstring element(const wchar_t* name, const std::wstring& content) {
  return L"<" + std::wstring(name) + L">" + content + L"</" + name + L">";
}

std::uint32_t lastAsNumber(const Event& event) {
  return event.strings.empty()
             ? 0
             : static_cast<std::uint32_t>(std::wcstoul(event.strings.back().c_str(), nullptr, 10));
}

}  // namespace

DWORD renderSystem(const Event& event, void* buffer, DWORD size, DWORD* used, DWORD* count) {
  const bool manifest = event.form == Form::manifest;
  Values values;
  values.addString(providerName(event));
  if (providerName(event) == L"Microsoft-Windows-Perflib") {
    values.addBytes(EvtVarTypeGuid, &perflibGuid, sizeof perflibGuid, 0);
  } else {
    values.addNull();
  }
  values.add(EvtVarTypeUInt16).UInt16Val = static_cast<UINT16>(event.eventId & 0xFFFF);
  if (manifest) {
    values.addNull();
  } else {
    values.add(EvtVarTypeUInt16).UInt16Val = static_cast<UINT16>(event.eventId >> 16);
  }
  values.add(EvtVarTypeByte).ByteVal = level(event);
  values.add(EvtVarTypeUInt16).UInt16Val = event.category;
  values.add(EvtVarTypeByte).ByteVal = 0;
  values.add(EvtVarTypeHexInt64).UInt64Val = manifest ? manifestKeyword : classicKeyword;
  values.add(EvtVarTypeFileTime).FileTimeVal = event.fileTime;
  values.add(EvtVarTypeUInt64).UInt64Val = event.number;
  values.addNull();  // ActivityID
  values.addNull();  // RelatedActivityID
  values.add(EvtVarTypeUInt32).UInt32Val = manifest ? event.processId : 0;
  values.add(EvtVarTypeUInt32).UInt32Val = manifest ? event.threadId : 0;
  values.addString(L"Application");
  values.addString(event.computer);
  if (event.sid.empty()) {
    values.addNull();
  } else {
    values.addBytes(EvtVarTypeSid, event.sid.data(), event.sid.size(), 0);
  }
  values.add(EvtVarTypeByte).ByteVal = manifest ? 1 : 0;
  return values.finish(buffer, size, used, count);
}

DWORD renderUser(const Event& event, void* buffer, DWORD size, DWORD* used, DWORD* count) {
  Values values;
  for (std::size_t i = 0; i < event.strings.size(); ++i) {
    if (event.form == Form::manifest && i + 1 == event.strings.size()) {
      values.add(EvtVarTypeUInt32).UInt32Val = lastAsNumber(event);
    } else {
      values.addString(event.strings[i]);
    }
  }
  if (event.form == Form::perflibClassic) {
    values.add(EvtVarTypeUInt32).UInt32Val = static_cast<UINT32>(event.data.size());
  }
  if (!event.data.empty()) {
    values.addBytes(EvtVarTypeBinary, event.data.data(), event.data.size(),
                    static_cast<DWORD>(event.data.size()));
  }
  return values.finish(buffer, size, used, count);
}

std::wstring renderXml(const Event& event) {
  const bool manifest = event.form == Form::manifest;
  std::wstring system = L"<Provider Name='" + escaped(providerName(event)) + L"'";
  if (event.form == Form::perflibClassic) {
    system += L" EventSourceName='" + escaped(event.source) + L"'";
  }
  system += L"/><EventID";
  if (!manifest) {
    system += L" Qualifiers='" + std::to_wstring(event.eventId >> 16) + L"'";
  }
  system += L">" + std::to_wstring(event.eventId & 0xFFFF) + L"</EventID>";
  system += element(L"Version", manifest ? L"1" : L"0");
  system += element(L"Level", std::to_wstring(level(event)));
  FILETIME time{static_cast<DWORD>(event.fileTime), static_cast<DWORD>(event.fileTime >> 32)};
  SYSTEMTIME utc{};
  FileTimeToSystemTime(&time, &utc);
  wchar_t text[64];
  swprintf(text, 64, L"%04u-%02u-%02uT%02u:%02u:%02u.%03u000000Z", utc.wYear, utc.wMonth, utc.wDay,
           utc.wHour, utc.wMinute, utc.wSecond, utc.wMilliseconds);
  system += L"<TimeCreated SystemTime='" + std::wstring(text) + L"'/>";
  system += element(L"EventRecordID", std::to_wstring(event.number));
  system += L"<Channel>Application</Channel>" + element(L"Computer", escaped(event.computer));

  std::wstring payload;
  if (event.form == Form::perflibClassic) {
    payload = L"<UserData><EventXML xmlns='Perflib'>";
    for (std::size_t i = 0; i < event.strings.size(); ++i) {
      payload += element((L"param" + std::to_wstring(i + 1)).c_str(), escaped(event.strings[i]));
    }
    payload += element(L"binaryDataSize", std::to_wstring(event.data.size()));
    payload += element(L"binaryData", hex(event.data)) + L"</EventXML></UserData>";
  } else {
    static constexpr const wchar_t* names[] = {L"Service", L"Library", L"Win32Error"};
    payload = L"<EventData>";
    for (std::size_t i = 0; i < event.strings.size(); ++i) {
      payload += manifest && i < 3 ? L"<Data Name='" + std::wstring(names[i]) + L"'>" : L"<Data>";
      payload += escaped(event.strings[i]) + L"</Data>";
    }
    if (!event.data.empty()) {
      payload += element(L"Binary", hex(event.data));
    }
    payload += L"</EventData>";
  }
  return L"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" +
         element(L"System", system) + payload + L"</Event>";
}

}  // namespace lab
