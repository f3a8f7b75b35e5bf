#include "service/prove_hearing.h"

#include "core/hearing_check.h"
#include "service/adapters.h"
#include "service/win32/text.h"

#include <algorithm>

namespace imshealth {

namespace {

struct ChangeTraits {
  using Value = HANDLE;
  static Value invalid() { return INVALID_HANDLE_VALUE; }
  static void close(Value value) { FindCloseChangeNotification(value); }
};
using UniqueChange = UniqueResource<ChangeTraits>;

/// Where the folder's changes cannot be waited for, the state is looked at this often.
constexpr DWORD lookInterval = 1000;

}  // namespace

Result<bool> proveHearing(const DataFolder& folder) {
  Adapters adapters(folder, {}, {});
  // Before the event is written, so that no change of the state is missed.
  const UniqueChange changed(
      FindFirstChangeNotificationW(toWide(folder.root).c_str(), FALSE,
                                   FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_LAST_WRITE));
  const auto sent = sendProof(adapters.clock, adapters.state, adapters.alerter, "command");
  if (!sent) {
    return sent.error();
  }
  const DWORD begin = GetTickCount();
  for (;;) {
    const auto state = adapters.state.read();
    if (!state) {
      return state.error();
    }
    // Another proof that was sent later and came back proves as much.
    if (state->proof.heard && *state->proof.heard >= *sent) {
      return true;
    }
    const DWORD waited = GetTickCount() - begin;
    const auto most = static_cast<DWORD>(longestProof.count());
    if (waited >= most) {
      return false;
    }
    const DWORD pause = std::min(most - waited, lookInterval);
    if (!changed) {
      Sleep(pause);
    } else if (WaitForSingleObject(changed.get(), pause) == WAIT_OBJECT_0) {
      FindNextChangeNotification(changed.get());
    }
  }
}

}  // namespace imshealth
