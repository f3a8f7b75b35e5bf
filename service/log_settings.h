// Reads what core/log_settings.h judges.
#pragma once

#include "core/log_settings.h"

namespace imshealth {

LogSettings readLogSettings();

}  // namespace imshealth
