#include "service/win32/access.h"

#include "service/win32/dynamic_procs.h"

namespace imshealth {

AdministratorsOnly::AdministratorsOnly() : acl_(256) {
  SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
  AllocateAndInitializeSid(&authority, 1, SECURITY_LOCAL_SYSTEM_RID, 0, 0, 0, 0, 0, 0, 0,
                           system_.put());
  AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0,
                           0, 0, 0, 0, 0, administrators_.put());
  InitializeAcl(acl(), static_cast<DWORD>(acl_.size()), ACL_REVISION);
  AddAccessAllowedAce(acl(), ACL_REVISION, GENERIC_ALL, system_.get());
  AddAccessAllowedAce(acl(), ACL_REVISION, GENERIC_ALL, administrators_.get());
  for (DWORD i = 0; i < 2; ++i) {
    void* entry = nullptr;
    if (GetAce(acl(), i, &entry)) {  // AddAccessAllowedAceEx, which takes the flags, came with 2000
      static_cast<ACE_HEADER*>(entry)->AceFlags = OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE;
    }
  }
  InitializeSecurityDescriptor(&descriptor_, SECURITY_DESCRIPTOR_REVISION);
  SetSecurityDescriptorDacl(&descriptor_, TRUE, acl(), FALSE);
  // Without this the owner may be the administrator himself, whom nobody else can tell from any
  // other user by his SID.
  SetSecurityDescriptorOwner(&descriptor_, administrators_.get(), FALSE);
  // Came with 2000, as the automatic inheritance did.
  using SetControl =
      BOOL WINAPI(PSECURITY_DESCRIPTOR, SECURITY_DESCRIPTOR_CONTROL, SECURITY_DESCRIPTOR_CONTROL);
  if (auto* setControl =
          systemFunction<SetControl>(L"advapi32.dll", "SetSecurityDescriptorControl")) {
    protected_ = setControl(&descriptor_, SE_DACL_PROTECTED, SE_DACL_PROTECTED) != FALSE;
  }
  attributes_.nLength = sizeof attributes_;
  attributes_.lpSecurityDescriptor = &descriptor_;
}

}  // namespace imshealth
