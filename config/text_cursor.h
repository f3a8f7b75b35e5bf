// A text that is read character by character, with the place of the next one.
#pragma once

#include "config/place.h"

#include <cstddef>
#include <string_view>

namespace imshealth {

/// `text` is valid UTF-8 and outlives the cursor.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  bool atEnd() const { return at_ >= text_.size(); }
  /// The next byte; 0 at the end.
  char peek() const { return atEnd() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }
  Place place() const { return place_; }

  /// Over one byte.
  void step() {
    place_ = stepped(place_, text_, at_);
    ++at_;
  }
  /// Over so many bytes, which are there.
  void skip(std::size_t bytes) {
    for (; bytes > 0; --bytes)
      step();
  }
  /// Over all bytes that `wanted` takes; what was stepped over.
  template <class Predicate>
  std::string_view take(Predicate wanted) {
    const std::size_t begin = at_;
    while (!atEnd() && wanted(peek()))
      step();
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  Place place_;
};

}  // namespace imshealth
