// Who may touch what the program creates: SYSTEM and Administrators, nobody else. Built by hand,
// since the textual form of descriptors (SDDL) came with Windows 2000.
#pragma once

#include "service/win32/handles.h"

#include <vector>

namespace imshealth {

/// A security descriptor with full control for SYSTEM and Administrators, owned by Administrators,
/// protected from inheritance and passed on to what is created below. Only SYSTEM and members of
/// Administrators can create something with it.
class AdministratorsOnly {
 public:
  AdministratorsOnly();
  AdministratorsOnly(const AdministratorsOnly&) = delete;
  AdministratorsOnly& operator=(const AdministratorsOnly&) = delete;

  SECURITY_ATTRIBUTES* attributes() { return &attributes_; }
  ACL* acl() { return reinterpret_cast<ACL*>(acl_.data()); }
  PSID administrators() const { return administrators_.get(); }
  /// False where the system has no automatic inheritance to be protected from, and does not know
  /// the bits that speak of it: NT 4.0.
  bool isProtected() const { return protected_; }

 private:
  UniqueSid system_;
  UniqueSid administrators_;
  std::vector<unsigned char> acl_;
  SECURITY_DESCRIPTOR descriptor_{};
  SECURITY_ATTRIBUTES attributes_{};
  bool protected_ = false;
};

}  // namespace imshealth
