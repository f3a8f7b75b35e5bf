#include "core/roll_back.h"

namespace imshealth {

bool isForGood(const Error& error) {
  return error.kind == ErrorKind::unsupported || error.kind == ErrorKind::corrupt;
}

boost::asio::awaitable<bool> rollBack(Backup& backup, Journal& journal, Sleeper& sleeper,
                                      std::string& reason) {
  constexpr int tries = 3;
  for (int attempt = 1; attempt <= tries; ++attempt) {
    const auto restored = backup.restore();
    if (restored) {
      journal.close();
      co_return true;
    }
    if (isForGood(restored.error())) {
      reason += "; " + restored.error().describe();
      journal.close();
      co_return false;
    }
    if (attempt == tries || !co_await sleeper.sleep(std::chrono::seconds(attempt))) {
      reason += "; roll-back: " + restored.error().describe();
      co_return false;
    }
  }
  co_return false;
}

}  // namespace imshealth
