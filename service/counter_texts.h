// The texts of the counters in all languages of this Windows.
#pragma once

#include "core/index_space.h"

#include <vector>

namespace imshealth {

/// 009 first. Empty: this Windows keeps them where nothing of ours can read them.
std::vector<LanguageTexts> readCounterTexts();

}  // namespace imshealth
