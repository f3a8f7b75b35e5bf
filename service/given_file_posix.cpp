#include "service/given_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace imshealth {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

Error lastError(const std::string& where) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT                    ? ErrorKind::missing
                         : code == EACCES || code == EPERM ? ErrorKind::accessDenied
                         : code == EEXIST                  ? ErrorKind::inUse
                                                           : ErrorKind::internal;
  return Error(kind, where, 0, std::strerror(code));
}

}  // namespace

Result<std::string> readGivenFile(const std::string& path, std::uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    return lastError(path);
  }
  std::string bytes;
  for (;;) {
    char chunk[16384];
    const ssize_t size = ::read(file.get(), chunk, sizeof chunk);
    if (size < 0) {
      return lastError(path);
    }
    if (size == 0) {
      return bytes;
    }
    if (bytes.size() + static_cast<std::size_t>(size) > limit) {
      return Error(ErrorKind::unsupported, path, 0, "the file is too large");
    }
    bytes.append(chunk, static_cast<std::size_t>(size));
  }
}

std::string installedPolicyFile() {
  return {};
}

bool hasService() {
  return false;
}

bool isSurelyMissing(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

Result<void> writeNewFile(const std::string& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.get() < 0) {
    return lastError(path);
  }
  while (!text.empty()) {
    const ssize_t size = ::write(file.get(), text.data(), text.size());
    if (size < 0) {
      return lastError(path);
    }
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

}  // namespace imshealth
