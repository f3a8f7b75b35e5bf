#include "core/evt_file.h"

#include "core/evtx_file.h"
#include "core/little_endian.h"
#include "core/record_number.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace imshealth {
namespace {

constexpr EvtOffset headerSize = 48;
constexpr EvtOffset endRecordSize = 40;
constexpr std::uint32_t flagDirty = 1;
constexpr std::uint32_t flagWrapped = 2;
constexpr std::array<std::uint32_t, 5> endSignature{0x28, 0x11111111, 0x22222222, 0x33333333,
                                                    0x44444444};

bool hasHeader(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= headerSize && loadU32(bytes.data()) == headerSize &&
         loadU32(bytes.data() + 4) == evtSignature && loadU32(bytes.data() + 44) == headerSize;
}

/// Has the processor fetch what will be looked at some records on: a record's end is looked at
/// before its middle, which the processor's own guess of what comes next does not see.
void fetchAhead(std::span<const std::uint8_t> rest) {
  constexpr std::size_t line = 64;
  constexpr std::size_t distance = 2048;
  constexpr std::size_t usualRecord = 320;
  if (rest.size() > distance + usualRecord) {
    for (std::size_t at = 0; at < usualRecord; at += line) {
      __builtin_prefetch(rest.data() + distance + at);
    }
  }
}

/// First offset at or behind `from` (both multiples of four) that holds `word`; `end`: none.
std::size_t findWord(std::span<const std::uint8_t> bytes, std::size_t from, std::size_t end,
                     std::uint32_t word) {
  for (; from + 4 <= end; from += 4) {
    if (loadU32(bytes.data() + from) == word) {
      return from;
    }
  }
  return end;
}

}  // namespace

Result<EvtFile> EvtFile::open(std::span<const std::uint8_t> bytes) {
  if (EvtxHeader::of(bytes)) {
    return evtxNeedsWindows();
  }
  if (bytes.size() > largest) {
    return Error(ErrorKind::unsupported, "", 0, "the file is larger than 1 GB");
  }
  const EvtFile file(bytes.first(bytes.size() / 4 * 4));
  const bool anything = hasHeader(bytes) ||
                        (bytes.size() > headerSize && findWord(file.bytes_, 0, file.bytes_.size(),
                                                               evtSignature) != file.bytes_.size());
  if (!anything) {
    return Error(ErrorKind::corrupt, "", 0, "this is no event log (.evt)");
  }
  return file;
}

/// Bytes that records can lie in; they form a ring behind the header.
std::uint64_t EvtFile::ring() const {
  return bytes_.size() > headerSize ? bytes_.size() - headerSize : 0;
}

bool EvtFile::isPlace(EvtOffset offset) const {
  return offset >= headerSize && offset < bytes_.size() && offset % 4 == 0;
}

std::uint64_t EvtFile::distance(EvtOffset from, EvtOffset to) const {
  return to >= from ? to - from : ring() - (from - to);
}

EvtOffset EvtFile::advance(EvtOffset from, std::uint64_t by) const {
  return static_cast<EvtOffset>(headerSize + (from - headerSize + by) % ring());
}

/// A word of the ring, `offset` counted on beyond the end of the file.
std::uint32_t EvtFile::ringWord(std::uint64_t offset) const {
  return loadU32(bytes_.data() + (offset < bytes_.size() ? offset : offset - ring()));
}

std::optional<EvtFile::Ends> EvtFile::header() const {
  if (!hasHeader(bytes_)) {
    return std::nullopt;
  }
  const std::uint8_t* at = bytes_.data();
  return Ends{loadU32(at + 16), loadU32(at + 20), loadU32(at + 24), loadU32(at + 28)};
}

/// The end-of-file record names its own offset, so that a copy of one inside a record is not taken
/// for it.
std::optional<EvtFile::Ends> EvtFile::endRecordAt(EvtOffset offset) const {
  if (!isPlace(offset) || ring() < endRecordSize) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < endSignature.size(); ++i) {
    if (ringWord(offset + 4 * i) != endSignature[i]) {
      return std::nullopt;
    }
  }
  const Ends ends{ringWord(offset + 20ull), ringWord(offset + 24ull), ringWord(offset + 28ull),
                  ringWord(offset + 32ull)};
  if (ringWord(offset + 36ull) != endRecordSize || ends.end != offset) {
    return std::nullopt;
  }
  return ends;
}

std::optional<EvtFile::Ends> EvtFile::findEnd(const std::optional<Ends>& header) const {
  if (header) {
    if (const auto end = endRecordAt(header->end)) {
      return end;
    }
    if (const auto end = followToEnd(header->end)) {
      return end;  // a dirty header lags a few records behind
    }
  }
  return searchEnd();
}

/// From record to record, as long as each leads to the next.
std::optional<EvtFile::Ends> EvtFile::followToEnd(EvtOffset from) const {
  std::uint64_t passed = 0;
  while (isPlace(from) && passed < ring()) {
    if (const auto end = endRecordAt(from)) {
      return end;
    }
    const std::uint64_t tail = bytes_.size() - from;
    std::uint64_t step = tail;
    if (tail >= evtFixedPart) {
      const auto head = headOfEvtRecord(bytes_.subspan(from));
      if (!head) {
        return std::nullopt;
      }
      step = head->length;
    }
    passed += step;
    from = advance(from, step);
  }
  return std::nullopt;
}

/// Through the whole file; the newest where several are found.
std::optional<EvtFile::Ends> EvtFile::searchEnd() const {
  std::optional<Ends> best;
  // The first word may be the last one of the file, the signature split: look for the word that is
  // in it.
  std::size_t at = headerSize;
  while ((at = findWord(bytes_, at, bytes_.size(), endSignature[0])) < bytes_.size()) {
    const auto found = endRecordAt(static_cast<EvtOffset>(at));
    if (found && (!best || recordDistance(best->nextNumber, found->nextNumber) > 0)) {
      best = found;
    }
    at += 4;
  }
  return best;
}

/// Where the oldest record begins: as the end-of-file record says, else the first record behind it.
EvtOffset EvtFile::beginBehind(const Ends& end) const {
  if (isPlace(end.oldest)) {
    return end.oldest;
  }
  const EvtOffset behind = advance(end.end, endRecordSize);
  for (std::uint64_t passed = 0; passed + endRecordSize < ring(); passed += 4) {
    const EvtOffset at = advance(behind, passed);
    if (at + 8ull <= bytes_.size() && loadU32(bytes_.data() + at + 4) == evtSignature) {
      return at;
    }
  }
  return end.end;
}

/// `joined` takes a record that is split over the end of the file.
std::optional<EvtRecord> EvtFile::recordAt(EvtOffset offset,
                                           std::vector<std::uint8_t>& joined) const {
  const auto rest = bytes_.subspan(offset);
  const auto head = headOfEvtRecord(rest);
  if (!head || head->length <= rest.size()) {
    return checkEvtRecord(rest);
  }
  if (head->length > ring()) {
    return std::nullopt;
  }
  joined.assign(rest.begin(), rest.end());
  const auto more = bytes_.subspan(headerSize, head->length - rest.size());
  joined.insert(joined.end(), more.begin(), more.end());
  return checkEvtRecord(joined);
}

std::optional<LogEvent> EvtFile::decode(EvtOffset offset) const {
  std::vector<std::uint8_t> joined;
  if (!isPlace(offset)) {
    return std::nullopt;
  }
  const auto record = recordAt(offset, joined);
  if (!record) {
    return std::nullopt;
  }
  return decodeEvtRecord(*record);
}

/// One way through a stretch of the ring.
class EvtFile::Walk {
 public:
  Walk(const EvtFile& file, EvtVisitor& visitor, EvtFileSummary& summary)
      : file_(file), visitor_(visitor), summary_(summary) {}

  /// The records of the log from `begin`, `length` bytes of them. With `open` the end is not known:
  /// what goes back in number is a leftover, and ends the log. Returns how far the log goes.
  std::uint64_t members(EvtOffset begin, std::uint64_t length, bool open,
                        std::optional<std::uint32_t> oldestNumber);
  void leftovers(EvtOffset begin, std::uint64_t length);
  void noteEnd(std::uint32_t nextNumber);
  /// Where the end was not found, as in a file that was cut short. A header may lag behind, and
  /// never tells of more than was written.
  void noteEndByHeader(const Ends& header);

 private:
  /// Next offset at which a whole record lies, from `passed` on; `length`: none.
  std::uint64_t findRecord(EvtOffset begin, std::uint64_t passed, std::uint64_t length);
  bool belongs(std::uint32_t number, bool open) const;
  void noteNumber(std::uint32_t number);

  const EvtFile& file_;
  EvtVisitor& visitor_;
  EvtFileSummary& summary_;
  std::optional<std::uint32_t> last_;
  std::vector<std::uint8_t> joined_;
};

std::uint64_t EvtFile::Walk::members(EvtOffset begin, std::uint64_t length, bool open,
                                     std::optional<std::uint32_t> oldestNumber) {
  if (oldestNumber) {
    last_ = *oldestNumber - 1;
  }
  std::uint64_t passed = 0;
  std::uint64_t reached = 0;  // behind the last record of the log
  while (passed < length) {
    const EvtOffset at = file_.advance(begin, passed);
    const std::uint64_t tail = file_.bytes_.size() - at;
    fetchAhead(file_.bytes_.subspan(at));
    if (tail < evtFixedPart) {
      passed += tail;  // filled with 0x00000027: no record begins here
      continue;
    }
    if (const auto record = file_.recordAt(at, joined_);
        record && record->bytes.size() <= length - passed) {
      if (!belongs(record->number, open)) {
        break;
      }
      noteNumber(record->number);
      ++summary_.records;
      visitor_.onRecord(*record, at);
      passed += record->bytes.size();
      reached = passed;
      continue;
    }
    // Damaged inside, while its length still leads to the next one?
    const auto head = headOfEvtRecord(file_.bytes_.subspan(at));
    if (head && head->length <= length - passed && belongs(head->number, open) &&
        file_.ringWord(at + head->length - 4ull) == head->length) {
      noteNumber(head->number);
      ++summary_.damaged;
      passed += head->length;
      reached = passed;
      continue;
    }
    const std::uint64_t next = findRecord(begin, passed + 4, length);
    bool goesOn = next < length;
    if (goesOn && open) {
      const auto found = headOfEvtRecord(file_.bytes_.subspan(file_.advance(begin, next)));
      goesOn = found && belongs(found->number, open);
    }
    if (goesOn || !open || head) {
      ++summary_.damaged;
    }
    if (!goesOn) {
      return open ? reached : length;
    }
    passed = next;
  }
  return open ? reached : length;
}

/// With an open end, numbers decide: they go up, and not by more than what fits into the file.
bool EvtFile::Walk::belongs(std::uint32_t number, bool open) const {
  if (!open || !last_) {
    return true;
  }
  const std::int32_t step = recordDistance(*last_, number);
  return step > 0 && static_cast<std::uint64_t>(step) <= file_.ring() / evtShortestRecord + 1;
}

void EvtFile::Walk::noteNumber(std::uint32_t number) {
  if (last_ && number != *last_ + 1) {
    ++summary_.gaps;
    if (const std::int32_t step = recordDistance(*last_, number); step > 1) {
      summary_.missing += static_cast<std::uint64_t>(step) - 1;
    }
  }
  last_ = number;
}

/// Microsoft names the field the next number, libevt the newest; both are seen.
void EvtFile::Walk::noteEnd(std::uint32_t nextNumber) {
  if (last_ && nextNumber != *last_ && nextNumber != *last_ + 1) {
    noteNumber(nextNumber);
  }
}

void EvtFile::Walk::noteEndByHeader(const Ends& header) {
  if (!last_ && header.oldestNumber != 0) {
    last_ = header.oldestNumber - 1;
  }
  const std::int32_t step = last_ ? recordDistance(*last_, header.nextNumber) : 0;
  if (step > 0 && static_cast<std::uint64_t>(step) <= largest / evtShortestRecord) {
    noteEnd(header.nextNumber);
  }
}

std::uint64_t EvtFile::Walk::findRecord(EvtOffset begin, std::uint64_t passed,
                                        std::uint64_t length) {
  while (passed < length) {
    const EvtOffset at = file_.advance(begin, passed);
    // In one piece up to the end of the file or of the stretch, then on behind the header.
    const std::uint64_t piece = std::min<std::uint64_t>(file_.bytes_.size() - at, length - passed);
    const std::size_t found =
        findWord(file_.bytes_, at + 4, static_cast<std::size_t>(at + piece), evtSignature);
    if (found == at + piece || piece < 8) {
      // A record whose first word is the last one of the file is shorter than the writer allows.
      passed += piece;
      continue;
    }
    passed += found - 4 - at;
    const auto record = file_.recordAt(static_cast<EvtOffset>(found - 4), joined_);
    if (record && record->bytes.size() <= length - passed) {
      return passed;
    }
    passed += 4;
  }
  return length;
}

void EvtFile::Walk::leftovers(EvtOffset begin, std::uint64_t length) {
  std::uint64_t passed = findRecord(begin, 0, length);
  while (passed < length) {
    const EvtOffset at = file_.advance(begin, passed);
    const auto record = file_.recordAt(at, joined_);
    if (!record) {
      break;
    }
    ++summary_.recovered;
    visitor_.onRecovered(*record, at);
    passed = findRecord(begin, passed + record->bytes.size(), length);
  }
}

EvtFileSummary EvtFile::read(EvtVisitor& visitor) const {
  EvtFileSummary summary;
  const auto head = header();
  if (head) {
    const std::uint32_t flags = loadU32(bytes_.data() + 36);
    summary.dirty = (flags & flagDirty) != 0;
    summary.wrapped = (flags & flagWrapped) != 0;
  }
  Walk walk(*this, visitor, summary);
  if (const auto end = ring() != 0 ? findEnd(head) : std::nullopt) {
    summary.endKnown = true;
    const EvtOffset begin = beginBehind(*end);
    const std::uint64_t length = distance(begin, end->end);
    if (length != 0) {
      walk.members(begin, length, false, end->oldestNumber);
      walk.noteEnd(end->nextNumber);
    }
    const std::uint64_t rest = ring() - length;
    if (rest > endRecordSize) {
      walk.leftovers(advance(end->end, endRecordSize), rest - endRecordSize);
    }
    return summary;
  }
  const bool plausible = head && isPlace(head->oldest);
  const EvtOffset begin = plausible ? head->oldest : headerSize;
  const bool numberKnown = plausible && head->oldestNumber != 0;
  const std::uint64_t length = walk.members(
      begin, ring(), true, numberKnown ? std::optional(head->oldestNumber) : std::nullopt);
  if (head) {
    walk.noteEndByHeader(*head);
  }
  if (length < ring()) {
    walk.leftovers(advance(begin, length), ring() - length);
  }
  return summary;
}

}  // namespace imshealth
