#include "service/win32/named_mutex.h"

#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

#include <thread>

using namespace imshealth;

namespace {

constexpr wchar_t name[] = L"ImsHealthTest";

/// Mutexes belong to threads.
template <class Action>
void elsewhere(Action action) {
  std::thread(action).join();
}

}  // namespace

TEST_CASE("one holder at a time, over all sessions; its end sets it free") {
  NamedMutex mine(name);
  REQUIRE(mine.acquire(0).has_value());
  CHECK_FALSE(mine.acquire(0).has_value());
  elsewhere([] {
    NamedMutex other(name);
    const auto refused = other.acquire(0);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == ErrorKind::timedOut);
  });
  CHECK(UniqueHandle(OpenMutexW(SYNCHRONIZE, FALSE, L"Global\\ImsHealthTest")));
  mine.release();
  elsewhere([] {
    NamedMutex other(name);
    CHECK(other.acquire(0).has_value());
  });
  CHECK(mine.acquire(0).has_value());
}

TEST_CASE("its name is not given up between two uses") {
  NamedMutex mine(name);
  REQUIRE(mine.acquire(0).has_value());
  mine.release();
  CHECK(UniqueHandle(OpenMutexW(SYNCHRONIZE, FALSE, L"Global\\ImsHealthTest")));
}

TEST_CASE("its access list has SYSTEM and Administrators, and nobody else") {
  NamedMutex mine(name);
  REQUIRE(mine.acquire(0).has_value());
  const UniqueHandle handle(OpenMutexW(READ_CONTROL, FALSE, L"Global\\ImsHealthTest"));
  CHECK(test::securityOf(handle.get()) == test::administratorsOnly);
}

TEST_CASE("a mutex of this name that another user made is no lock of ours, and that is said") {
  SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
  UniqueSid users;
  REQUIRE(AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                   DOMAIN_ALIAS_RID_USERS, 0, 0, 0, 0, 0, 0, users.put()));
  SECURITY_DESCRIPTOR descriptor;
  InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
  SetSecurityDescriptorOwner(&descriptor, users.get(), FALSE);
  SetSecurityDescriptorDacl(&descriptor, TRUE, nullptr, FALSE);
  SECURITY_ATTRIBUTES attributes{sizeof attributes, &descriptor, FALSE};
  const UniqueHandle foreign(CreateMutexW(&attributes, FALSE, L"Global\\ImsHealthTest"));
  REQUIRE(foreign);

  NamedMutex mine(name);
  const auto refused = mine.acquire(0);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::accessDenied);
  CHECK(refused.error().describe().find("S-1-5-32-545") != std::string::npos);
  CHECK_FALSE(mine.held());
}
