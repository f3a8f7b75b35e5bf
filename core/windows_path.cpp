#include "core/windows_path.h"

#include "config/ascii.h"

#include <algorithm>

namespace imshealth {
namespace {

bool isLetter(char c) {
  return asciiLower(c) >= 'a' && asciiLower(c) <= 'z';
}

// Windows drops trailing blanks and dots, so "x." would name another file than it seems to.
bool isPlainElement(std::string_view element) {
  if (element.empty() || element.back() == ' ' || element.back() == '.') {
    return false;
  }
  return std::ranges::none_of(element, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 ||
           std::string_view("/:*?\"<>|").find(c) != std::string_view::npos;
  });
}

}  // namespace

bool isPlainLocalPath(std::string_view path) {
  if (path.size() < 3 || !isLetter(path[0]) || path[1] != ':' || path[2] != '\\') {
    return false;
  }
  path.remove_prefix(3);
  while (!path.empty()) {
    const auto end = path.find('\\');
    if (!isPlainElement(path.substr(0, end))) {
      return false;
    }
    if (end == std::string_view::npos) {
      break;
    }
    path.remove_prefix(end + 1);
    if (path.empty()) {
      return false;
    }
  }
  return true;
}

bool isUncOrDevicePath(std::string_view path) {
  const auto isSlash = [](char c) { return c == '\\' || c == '/'; };
  return path.size() >= 2 && isSlash(path[0]) && isSlash(path[1]);
}

bool isBareName(std::string_view name) {
  return isPlainElement(name) && name.find('\\') == std::string_view::npos;
}

std::string_view fileNameOf(std::string_view path) {
  const auto slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view folderOf(std::string_view path) {
  const auto slash = path.find_last_of('\\');
  if (slash == std::string_view::npos || path.size() <= 3) {
    return {};
  }
  return path.substr(0, slash == 2 ? 3 : slash);
}

std::string joinPath(std::string_view folder, std::string_view name) {
  std::string result(folder);
  if (!result.empty() && result.back() != '\\') {
    result += '\\';
  }
  return result.append(name);
}

bool liesWithin(std::string_view path, std::string_view folder) {
  if (folder.empty() || path.size() < folder.size() ||
      !equalsIgnoringCase(path.substr(0, folder.size()), folder)) {
    return false;
  }
  return path.size() == folder.size() || folder.back() == '\\' || path[folder.size()] == '\\';
}

bool samePath(std::string_view a, std::string_view b) {
  return equalsIgnoringCase(a, b);
}

std::string normalizedPath(std::string_view path) {
  std::string result;
  for (const char c : path) {
    const char slashed = c == '/' ? '\\' : c;
    // The two slashes of \\server stay.
    if (slashed == '\\' && result.size() > 1 && result.back() == '\\') {
      continue;
    }
    result += slashed;
  }
  while (result.size() > 3 && result.back() == '\\') {
    result.pop_back();
  }
  return result;
}

}  // namespace imshealth
