// One thread per process that hears of new records and passes the word on.
#pragma once

#include <functional>

namespace lab {

// Calls back on the listening thread after records were written, by whichever process; several
// records may come as one call. The thread is started by the first callback and never ends.
// Returns a token for stopListening, which returns only when the callback is not running.
unsigned listen(std::function<void()> callback);
void stopListening(unsigned token);

}  // namespace lab
