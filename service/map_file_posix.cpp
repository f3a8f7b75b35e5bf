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
  const ErrorKind kind = code == ENOENT                    ? ErrorKind::missing
                         : code == EACCES || code == EPERM ? ErrorKind::accessDenied
                                                           : ErrorKind::unavailable;
  return Error(kind, path, 0, std::strerror(code));
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return systemError(path, errno);
  }
  struct stat status {};
  int error = fstat(file, &status) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(status.st_mode)) {
    error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  }
  void* memory = nullptr;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (error == 0 && size != 0) {
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
