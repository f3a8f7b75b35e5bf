// The machine and its services, read from the system.
#pragma once

#include "core/ports.h"

#include <string>

namespace imshealth {

class WindowsServerFacts : public ServerFacts {
 public:
  SystemFacts system() const override;
  ServiceFacts service(const std::string& name) const override;
  std::string expandVariables(const std::string& text) const override;
  bool findsDll(const std::string& name, const std::string& directory) const override;
};

}  // namespace imshealth
