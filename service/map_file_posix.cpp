#include "service/map_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace imshealth {
namespace {

Error systemError(const std::string& path, int code) {
  if (code == EINVAL) {
    return Error(ErrorKind::unsupported, path, 0, "a device or a pipe, not a file");
  }
  const ErrorKind kind = code == ENOENT                    ? ErrorKind::missing
                         : code == EACCES || code == EPERM ? ErrorKind::accessDenied
                                                           : ErrorKind::unavailable;
  return Error(kind, path, 0, std::strerror(code));
}

/// A regular file, or -1 and `error`. Does not wait for somebody to write into a pipe.
int openRegular(const std::string& path, struct stat& status, int& error) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    error = errno;
    return file;
  }
  error = fstat(file, &status) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(status.st_mode)) {
    error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  }
  if (error != 0) {
    close(file);
    return -1;
  }
  return file;
}

}  // namespace

Result<std::vector<std::uint8_t>> readBeginning(const std::string& path, std::size_t size) {
  struct stat status {};
  int error = 0;
  const int file = openRegular(path, status, error);
  if (file < 0) {
    return systemError(path, error);
  }
  std::vector<std::uint8_t> bytes(size);
  const ssize_t count = read(file, bytes.data(), bytes.size());
  error = errno;
  close(file);
  if (count < 0) {
    return systemError(path, error);
  }
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  struct stat status {};
  int error = 0;
  const int file = openRegular(path, status, error);
  if (file < 0) {
    return systemError(path, error);
  }
  void* memory = nullptr;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size != 0) {
    memory = mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (memory == MAP_FAILED) {
      error = errno;
    }
  }
  close(file);
  if (error != 0) {
    return systemError(path, error);
  }
  return MappedFile({static_cast<const std::uint8_t*>(memory), size});
}

MappedFile::~MappedFile() {
  if (bytes_.data() != nullptr) {
    munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
  }
}

}  // namespace imshealth
