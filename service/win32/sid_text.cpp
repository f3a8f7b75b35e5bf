#include "service/win32/sid_text.h"

#include "service/win32/handles.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace imshealth {

std::string sidText(PSID sid) {
  if (sid == nullptr || !IsValidSid(sid)) {
    return {};
  }
  std::uint64_t authority = 0;
  for (const BYTE byte : GetSidIdentifierAuthority(sid)->Value) {
    authority = authority << 8 | byte;
  }
  // Authorities of more than 32 bits are written in hexadecimal.
  std::string text = authority <= 0xFFFFFFFF ? fmt::format("S-1-{}", authority)
                                             : fmt::format("S-1-0x{:012X}", authority);
  for (DWORD i = 0; i < *GetSidSubAuthorityCount(sid); ++i) {
    text += fmt::format("-{}", *GetSidSubAuthority(sid, i));
  }
  return text;
}

std::string processAccountSid() {
  UniqueHandle token;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.put())) {
    return {};
  }
  DWORD size = 0;
  GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
  std::vector<std::uint64_t> buffer(size / sizeof(std::uint64_t) + 1);  // aligned for TOKEN_USER
  if (size == 0 || !GetTokenInformation(token.get(), TokenUser, buffer.data(), size, &size)) {
    return {};
  }
  return sidText(reinterpret_cast<const TOKEN_USER*>(buffer.data())->User.Sid);
}

}  // namespace imshealth
