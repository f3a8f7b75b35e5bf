// Events of wevtapi as plain values: EvtRender with EvtRenderEventValues, no XML. For the live log
// and for saved ones.
#pragma once

#include "core/winevt_reader.h"
#include "service/win32/winevt_handle.h"

#include <cstdint>
#include <string>
#include <vector>

namespace imshealth {

class WinevtRenderer {
 public:
  /// nullptr, on a system without wevtapi: never opened.
  explicit WinevtRenderer(const WinevtFunctions* evt) : evt_(evt) {}

  /// Makes what rendering needs; Win32 code, 0: done.
  std::uint32_t open();
  void close();

  /// All but the values. An error of EvtRender is in the record.
  WinevtRecord system(EVT_HANDLE event);
  void addValues(EVT_HANDLE event, WinevtRecord&);
  /// XML; empty where it cannot be rendered.
  std::string bookmark(EVT_HANDLE bookmark);

 private:
  std::uint32_t render(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags, DWORD& properties);

  const WinevtFunctions* evt_;
  UniqueEvtHandle systemContext_, userContext_;
  std::vector<std::uint64_t> buffer_;  // aligned for EVT_VARIANT
};

}  // namespace imshealth
