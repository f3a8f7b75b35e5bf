// config/README.md, made from the schema.
#pragma once

#include <string>

namespace imshealth::test {

std::string policyReference();

}  // namespace imshealth::test
