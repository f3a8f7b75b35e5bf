// perfc<lang>.dat and perfh<lang>.dat: index/text pairs, UTF-16, each text NUL-terminated, one more
// NUL at the end.
#pragma once

#include <windows.h>

#include <cstdint>
#include <map>
#include <string>

namespace lab {

using Texts = std::map<std::uint32_t, std::wstring>;

// kind is 'c' (names) or 'h' (help). Both return 0 or what lodctr of NT 4 ends with: 112 for a file
// that is missing or damaged, 32 for a locked one, 183 for one that cannot be set aside as .bak.
DWORD readTexts(wchar_t kind, const std::wstring& language, Texts& texts);
DWORD writeTexts(wchar_t kind, const std::wstring& language, const Texts& texts);

}  // namespace lab
