#include "service/winevt_renderer.h"

#include "service/win32/text.h"

namespace imshealth {
namespace {

std::int64_t secondsSince1970(ULONGLONG fileTime) {
  constexpr std::int64_t from1601To1970 = 11'644'473'600;
  return static_cast<std::int64_t>(fileTime / 10'000'000) - from1601To1970;
}

std::string textOf(const wchar_t* text) {
  return text != nullptr ? toUtf8(text) : std::string();
}

WinevtValue valueOf(const EVT_VARIANT& value) {
  const auto signedNumber = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
  switch (value.Type) {
    case EvtVarTypeString: return textOf(value.StringVal);
    case EvtVarTypeAnsiString:
      return value.AnsiStringVal != nullptr ? std::string(value.AnsiStringVal) : std::string();
    case EvtVarTypeSByte: return signedNumber(value.SByteVal);
    case EvtVarTypeByte: return std::uint64_t{value.ByteVal};
    case EvtVarTypeInt16: return signedNumber(value.Int16Val);
    case EvtVarTypeUInt16: return std::uint64_t{value.UInt16Val};
    case EvtVarTypeInt32: return signedNumber(value.Int32Val);
    case EvtVarTypeUInt32:
    case EvtVarTypeHexInt32: return std::uint64_t{value.UInt32Val};
    case EvtVarTypeInt64: return signedNumber(value.Int64Val);
    case EvtVarTypeUInt64:
    case EvtVarTypeHexInt64: return std::uint64_t{value.UInt64Val};
    case EvtVarTypeSizeT: return std::uint64_t{value.SizeTVal};
    case EvtVarTypeBinary:
      if (value.BinaryVal == nullptr) {
        return std::vector<std::uint8_t>();
      }
      return std::vector<std::uint8_t>(value.BinaryVal, value.BinaryVal + value.Count);
    default: return std::monostate();
  }
}

}  // namespace

std::uint32_t WinevtRenderer::open() {
  systemContext_ = UniqueEvtHandle(evt_->createRenderContext(0, nullptr, EvtRenderContextSystem));
  if (systemContext_) {
    userContext_ = UniqueEvtHandle(evt_->createRenderContext(0, nullptr, EvtRenderContextUser));
  }
  if (!systemContext_ || !userContext_) {
    const DWORD error = GetLastError();
    close();
    return error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED;
  }
  return 0;
}

void WinevtRenderer::close() {
  userContext_.reset();
  systemContext_.reset();
}

WinevtRecord WinevtRenderer::system(EVT_HANDLE event) {
  WinevtRecord record;
  DWORD count = 0;
  record.error = render(systemContext_.get(), event, EvtRenderEventValues, count);
  if (record.error != 0) {
    return record;
  }
  if (count < EvtSystemPropertyIdEND) {
    record.error = ERROR_INVALID_DATA;
    return record;
  }
  const auto* system = reinterpret_cast<const EVT_VARIANT*>(buffer_.data());
  if (system[EvtSystemEventRecordId].Type == EvtVarTypeUInt64) {
    record.recordId = system[EvtSystemEventRecordId].UInt64Val;
  }
  if (system[EvtSystemTimeCreated].Type == EvtVarTypeFileTime) {
    record.timeCreated = secondsSince1970(system[EvtSystemTimeCreated].FileTimeVal);
  }
  if (system[EvtSystemProviderName].Type == EvtVarTypeString) {
    record.provider = textOf(system[EvtSystemProviderName].StringVal);
  }
  record.eventId = system[EvtSystemEventID].UInt16Val;
  if (system[EvtSystemQualifiers].Type == EvtVarTypeUInt16) {
    record.qualifiers = system[EvtSystemQualifiers].UInt16Val;
  }
  record.level = system[EvtSystemLevel].ByteVal;
  return record;
}

void WinevtRenderer::addValues(EVT_HANDLE event, WinevtRecord& record) {
  DWORD count = 0;
  record.error = render(userContext_.get(), event, EvtRenderEventValues, count);
  if (record.error != 0) {
    return;
  }
  const auto* values = reinterpret_cast<const EVT_VARIANT*>(buffer_.data());
  for (DWORD i = 0; i < count; ++i) {
    record.values.push_back(valueOf(values[i]));
  }
}

std::string WinevtRenderer::bookmark(EVT_HANDLE bookmark) {
  DWORD properties = 0;
  if (render(nullptr, bookmark, EvtRenderBookmark, properties) != 0) {
    return {};
  }
  return toUtf8(reinterpret_cast<const wchar_t*>(buffer_.data()));
}

/// Sizes of EvtRender are bytes. The result is in buffer_, which only grows.
std::uint32_t WinevtRenderer::render(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags,
                                     DWORD& properties) {
  constexpr std::size_t usual = 4096;
  constexpr std::size_t most = 4 * 1024 * 1024;
  if (buffer_.empty()) {
    buffer_.resize(usual / sizeof buffer_[0]);
  }
  for (;;) {
    const auto size = static_cast<DWORD>(buffer_.size() * sizeof buffer_[0]);
    DWORD used = 0;
    if (evt_->render(context, fragment, flags, size, buffer_.data(), &used, &properties)) {
      return 0;
    }
    const DWORD error = GetLastError();
    if (error != ERROR_INSUFFICIENT_BUFFER || used <= size || used > most) {
      return error != 0 ? error : ERROR_INVALID_DATA;
    }
    buffer_.resize((used + sizeof buffer_[0] - 1) / sizeof buffer_[0]);
  }
}

}  // namespace imshealth
