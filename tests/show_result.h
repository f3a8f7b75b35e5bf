// Lets a test ask REQUIRE(result) and shows the error where there is one.
#pragma once

#include "core/error.h"

#include <catch2/catch.hpp>

namespace Catch {

template <class T>
struct StringMaker<imshealth::Result<T>> {
  static std::string convert(const imshealth::Result<T>& result) {
    return result ? "a value" : result.error().describe();
  }
};

}  // namespace Catch
