#include "service/path_security.h"

#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/sdk.h"
#include "service/win32/sid_text.h"
#include "service/win32/text.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imshealth {
namespace {

/// The entries that allow or deny. Others (audit, callbacks with conditions, entries for objects of
/// the directory service) do not occur in files, or allow no more than is written in them: an entry
/// of unknown kind counts as allowing.
std::vector<AccessEntry> entriesOf(PACL acl) {
  std::vector<AccessEntry> entries;
  for (DWORD i = 0; i < acl->AceCount; ++i) {
    void* at = nullptr;
    if (!GetAce(acl, i, &at)) {
      continue;
    }
    const auto* header = static_cast<const ACE_HEADER*>(at);
    // ACCESS_ALLOWED_ACE, ACCESS_DENIED_ACE and the callback kinds begin alike.
    auto* entry = static_cast<ACCESS_ALLOWED_ACE*>(at);
    constexpr BYTE kDeniedCallback = 10;  // ACCESS_DENIED_CALLBACK_ACE_TYPE, since XP
    const bool denies =
        header->AceType == ACCESS_DENIED_ACE_TYPE || header->AceType == kDeniedCallback;
    entries.push_back({.allow = !denies,
                       .inheritOnly = (header->AceFlags & INHERIT_ONLY_ACE) != 0,
                       .mask = entry->Mask,
                       .sid = sidText(&entry->SidStart)});
  }
  return entries;
}

/// Owner and access list, aligned for the structure. By the name of a link the system would give
/// those of what it leads to.
Result<std::vector<std::uint64_t>> securityOf(const std::string& path, bool isLink) {
  constexpr SECURITY_INFORMATION kAsked = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  const std::wstring wide = toWide(path);
  UniqueFile link;
  if (isLink) {
    link.reset(CreateFileW(
        wide.c_str(), READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!link) {
      return lastError(path);
    }
  }
  DWORD size = 0;
  const auto ask = [&](PSECURITY_DESCRIPTOR into) {
    return isLink ? GetKernelObjectSecurity(link.get(), kAsked, into, size, &size)
                  : GetFileSecurityW(wide.c_str(), kAsked, into, size, &size);
  };
  ask(nullptr);
  std::vector<std::uint64_t> descriptor(size / sizeof(std::uint64_t) + 1);
  if (!ask(descriptor.data())) {
    return lastError(path);
  }
  return descriptor;
}

bool hasSecurity(const std::wstring& path) {
  const std::wstring root = path.substr(0, 3);
  DWORD flags = 0;
  return GetVolumeInformationW(root.c_str(), nullptr, 0, nullptr, nullptr, &flags, nullptr, 0) &&
         (flags & FS_PERSISTENT_ACLS) != 0;
}

}  // namespace

Result<PathElement> readPathElement(const std::string& path) {
  const std::wstring wide = toWide(path);
  const DWORD attributes = GetFileAttributesW(wide.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) {
    return lastError(path);
  }
  PathElement element{.path = path,
                      .isDirectory = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0,
                      .reparsePoint = (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0,
                      .owner = {},
                      .entries = {}};
  if (!hasSecurity(wide)) {
    return element;
  }
  auto security = securityOf(path, element.reparsePoint);
  if (!security) {
    return security.error();
  }
  PSECURITY_DESCRIPTOR descriptor = security->data();
  PSID owner = nullptr;
  PACL acl = nullptr;
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  if (!GetSecurityDescriptorOwner(descriptor, &owner, &defaulted) ||
      !GetSecurityDescriptorDacl(descriptor, &present, &acl, &defaulted)) {
    return lastError(path);
  }
  element.owner = sidText(owner);
  if (present && acl != nullptr) {
    element.entries = entriesOf(acl);
  }
  return element;
}

}  // namespace imshealth
