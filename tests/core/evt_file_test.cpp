// Saved logs in every layout and with every damage, made from seeds: what the log was made of is
// what has to be found in it.
#include "core/evt_file.h"

#include "tests/support/evt_bytes.h"

#include <catch2/catch.hpp>

#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>

using namespace imshealth;
using namespace imshealth::test;

namespace {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

struct Found : EvtVisitor {
  std::vector<LogEvent> events;
  std::vector<EvtOffset> offsets;
  std::vector<LogEvent> leftovers;
  void onRecord(const EvtRecord& record, EvtOffset offset) override {
    events.push_back(decodeEvtRecord(record));
    offsets.push_back(offset);
  }
  void onRecovered(const EvtRecord& record, EvtOffset) override {
    leftovers.push_back(decodeEvtRecord(record));
  }
  std::vector<std::uint32_t> numbers() const {
    std::vector<std::uint32_t> result;
    for (const LogEvent& event : events) {
      result.push_back(static_cast<std::uint32_t>(event.recordNumber));
    }
    return result;
  }
};

struct Reading {
  EvtFileSummary summary;
  Found found;
};

Reading read(const Bytes& bytes) {
  const auto file = EvtFile::open(bytes);
  REQUIRE(file.has_value());
  Reading reading;
  reading.summary = file->read(reading.found);
  CHECK(reading.summary.records == reading.found.events.size());
  CHECK(reading.summary.recovered == reading.found.leftovers.size());
  bool same = true;
  for (std::size_t i = 0; i < reading.found.offsets.size(); ++i) {
    same = same && file->decode(reading.found.offsets[i]) == reading.found.events[i];
  }
  CHECK(same);
  return reading;
}

struct Placed {
  std::uint32_t number = 0;
  std::size_t offset = 0;
  Bytes bytes;
};

/// A log as the service keeps it: a ring behind the header (Event Log File Format).
class LogWriter {
 public:
  explicit LogWriter(std::size_t size, std::uint32_t first) : bytes(size), next_(first) {}

  Bytes bytes;
  std::deque<Placed> live;
  std::size_t end = 48;
  bool wrapped = false;

  void write(RecordParts parts) {
    parts.number = next_++;
    const Bytes record = makeRecord(parts);
    const std::size_t tail = bytes.size() - end;
    const std::size_t filler = tail < 56 ? tail : 0;
    makeRoom(filler + record.size() + 40 + 56);
    if (filler != 0) {
      for (std::size_t at = end; at < bytes.size(); at += 4) {
        patch32(bytes, at, 0x27);
      }
      end = 48;
      wrapped = true;
    }
    live.push_back({parts.number, end, record});
    wrapped = wrapped || end + record.size() >= bytes.size();
    end = put(end, record);
  }
  std::uint32_t next() const { return next_; }
  std::size_t begin() const { return live.empty() ? 48 : live.front().offset; }
  std::uint32_t oldest() const { return live.empty() ? 0 : live.front().number; }

  void finish(std::uint32_t flags, std::size_t headerEnd, std::uint32_t headerNext) {
    Bytes record;
    for (const std::uint32_t word : {0x28u, 0x11111111u, 0x22222222u, 0x33333333u, 0x44444444u,
                                     static_cast<std::uint32_t>(begin()),
                                     static_cast<std::uint32_t>(end), next_, oldest(), 0x28u}) {
      put32(record, word);
    }
    put(end, record);
    const std::uint32_t header[] = {48,
                                    0x654C664C,
                                    1,
                                    1,
                                    static_cast<std::uint32_t>(begin()),
                                    static_cast<std::uint32_t>(headerEnd),
                                    headerNext,
                                    oldest(),
                                    static_cast<std::uint32_t>(bytes.size()),
                                    flags | (wrapped ? 2u : 0u),
                                    0,
                                    48};
    for (std::size_t i = 0; i < 12; ++i) {
      patch32(bytes, 4 * i, header[i]);
    }
  }

 private:
  std::size_t used() const {
    return live.empty() ? 0 : (end + bytes.size() - 48 - begin()) % (bytes.size() - 48);
  }
  void makeRoom(std::size_t need) {
    while (!live.empty() && used() + need > bytes.size() - 48) {
      live.pop_front();
    }
  }
  std::size_t put(std::size_t at, const Bytes& record) {
    for (const std::uint8_t byte : record) {
      bytes.at(at) = byte;
      at = at + 1 < bytes.size() ? at + 1 : 48;
    }
    return at;
  }

  std::uint32_t next_;
};

RecordParts someRecord(Random& random) {
  static const std::u16string texts[] = {u"MSExchangeIMC", u"начало", u"",
                                         u"a|b\tc",        u"\xD83D", std::u16string(120, u'x')};
  RecordParts parts;
  parts.source = random() % 3 == 0 ? u"Perflib" : u"Userenv";
  parts.timeGenerated = random();
  for (unsigned i = random() % 5; i > 0; --i) {
    parts.strings.push_back(texts[random() % std::size(texts)]);
  }
  parts.data.resize(random() % 7 == 0 ? random() % 500 : random() % 9);
  if (random() % 5 == 0) {
    parts.sid = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
  }
  return parts;
}

LogWriter someLog(Random& random) {
  const std::uint32_t firsts[] = {1, 5000, 0xFFFFFFF0};
  LogWriter log(48 + 4 * (1500 + random() % 6000), firsts[random() % 3]);
  const bool dirty = random() % 2 == 0;
  const unsigned records = random() % 300;
  const unsigned lag = records - std::min(records, random() % 6);
  std::size_t headerEnd = log.end;
  std::uint32_t headerNext = log.next();
  for (unsigned i = 0; i < records; ++i) {
    log.write(someRecord(random));
    if (i < lag || !dirty) {
      headerEnd = log.end;
      headerNext = log.next();
    }
  }
  log.finish(dirty ? 1 : 0, headerEnd, headerNext);
  return log;
}

std::vector<std::uint32_t> numbersOf(const LogWriter& log) {
  std::vector<std::uint32_t> numbers;
  for (const Placed& record : log.live) {
    numbers.push_back(record.number);
  }
  return numbers;
}

/// Records none of whose bytes the damage has changed.
std::set<std::uint32_t> untouched(const LogWriter& log, const Bytes& damaged) {
  std::set<std::uint32_t> numbers;
  for (const Placed& record : log.live) {
    std::size_t at = record.offset;
    bool whole = true;
    for (const std::uint8_t byte : record.bytes) {
      whole = whole && at < damaged.size() && damaged[at] == byte;
      at = at + 1 < log.bytes.size() ? at + 1 : 48;
    }
    // A record split over an end that is no longer there cannot be put together.
    if (whole && (damaged.size() == log.bytes.size() ||
                  record.offset + record.bytes.size() <= damaged.size())) {
      numbers.insert(record.number);
    }
  }
  return numbers;
}

Bytes fileBytes(const std::string& name) {
  std::ifstream in(std::string(IMSHEALTH_SOURCE_DIR "/tests/data/eventlogs/") + name,
                   std::ios::binary);
  REQUIRE(in.good());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return Bytes(text.begin(), text.end());
}

std::string escaped(const std::string& text) {
  static const std::map<char, std::string> special{
      {'\\', "\\\\"}, {'\t', "\\t"}, {'\r', "\\r"}, {'\n', "\\n"}, {'|', "\\p"}};
  std::string result;
  for (const char c : text) {
    const auto found = special.find(c);
    result += found == special.end() ? std::string(1, c) : found->second;
  }
  return result;
}

std::string listingOf(const Found& found) {
  std::ostringstream out;
  for (const LogEvent& event : found.events) {
    out << event.recordNumber << '\t' << event.timeGenerated << '\t' << event.code() << '\t'
        << escaped(event.source) << '\t';
    for (std::size_t i = 0; i < event.strings.size(); ++i) {
      out << (i == 0 ? "" : "|") << escaped(event.strings[i]);
    }
    out << '\n';
  }
  return out.str();
}

}  // namespace

TEST_CASE("Real logs are read as their expected listings say") {
  const std::string name =
      GENERATE(as<std::string>(), "dissect-TestLog.evt", "dissect-TestLog-dirty.evt",
               "moex01-Application.evt", "moex01-System.evt");
  const Reading reading = read(fileBytes(name));
  const Bytes expected = fileBytes(name + ".expected.tsv");
  CHECK(listingOf(reading.found) == std::string(expected.begin(), expected.end()));
  CHECK(reading.summary.damaged == 0);
  CHECK(reading.summary.gaps == 0);
}

TEST_CASE("Logs of 600 seeds are read record for record, wrapped, split and dirty ones too") {
  int wrapped = 0;
  int split = 0;
  for (unsigned seed = 0; seed < 600; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const LogWriter log = someLog(random);
    const Reading reading = read(log.bytes);
    REQUIRE(reading.found.numbers() == numbersOf(log));
    CHECK(reading.summary.damaged == 0);
    CHECK(reading.summary.gaps == 0);
    CHECK(reading.summary.endKnown);
    wrapped += log.wrapped ? 1 : 0;
    for (const Placed& record : log.live) {
      split += record.offset + record.bytes.size() > log.bytes.size() ? 1 : 0;
    }
  }
  CHECK(wrapped > 100);
  CHECK(split > 50);
}

TEST_CASE("Damaged logs of 600 seeds give every record that is still whole, and no other") {
  for (unsigned seed = 0; seed < 600; ++seed) {
    CAPTURE(seed);
    Random random(seed + 10'000);
    const LogWriter log = someLog(random);
    Bytes bytes = log.bytes;
    const auto somewhere = [&] { return 48 + random() % (bytes.size() - 48); };
    switch (seed % 6) {
      case 0: bytes.resize(somewhere()); break;
      case 1:  // no end-of-file record
        for (std::size_t i = 0; i < 40; ++i) {
          const std::size_t at = log.end + i;
          bytes[at < bytes.size() ? at : at - bytes.size() + 48] = 0;
        }
        break;
      case 2: {  // zeros
        const std::size_t from = somewhere();
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                  bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), from + 1000)),
                  0);
        break;
      }
      case 3:  // a header that leads nowhere
        for (std::size_t at = 16; at < 32; ++at) {
          bytes[at] = static_cast<std::uint8_t>(random());
        }
        break;
      case 4:  // one record's length
        if (!log.live.empty()) {
          patch32(bytes, log.live[random() % log.live.size()].offset,
                  random() % 2 ? 8 : 0x7FFFFFFC);
        }
        break;
      default:  // single bytes
        for (int i = 0; i < 5; ++i) {
          bytes[somewhere()] ^= static_cast<std::uint8_t>(1 + random() % 255);
        }
    }
    const Reading reading = read(bytes);
    const std::vector<std::uint32_t> expected = numbersOf(log);
    const std::vector<std::uint32_t> numbers = reading.found.numbers();
    const std::set<std::uint32_t> whole = untouched(log, bytes);
    const std::set<std::uint32_t> listed(numbers.begin(), numbers.end());
    CHECK(std::includes(listed.begin(), listed.end(), whole.begin(), whole.end()));
    if (seed % 6 != 5) {  // a changed byte may be one of the record's number
      CHECK(std::includes(
          expected.begin(), expected.end(), numbers.begin(), numbers.end(),
          [](std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }));
    }
    if (seed % 6 == 1 || seed % 6 == 3) {
      CHECK(numbers == expected);
    }
  }
}

TEST_CASE("Leftovers of overwritten records are recovered, apart from the log") {
  Random random(7);
  LogWriter log(48 + 8192, 1);
  for (int i = 0; i < 100; ++i) {
    log.write(someRecord(random));
  }
  log.finish(0, log.end, log.next());
  const Reading reading = read(log.bytes);
  for (const LogEvent& event : reading.found.leftovers) {
    CHECK(event.recordNumber < log.oldest());
  }
  // One cut out of the middle of the log leaves a gap.
  Bytes bytes = log.bytes;
  patch32(bytes, log.live[3].offset + 4, 0);
  const Reading damaged = read(bytes);
  CHECK(damaged.summary.records + 1 == reading.summary.records);
  CHECK(damaged.summary.damaged == 1);
  CHECK(damaged.summary.gaps == 1);
  CHECK(damaged.summary.missing == 1);
}

TEST_CASE("A log that was cut short lacks the records that its header tells of") {
  Random random(5);
  LogWriter log(65536, 100);
  for (int i = 0; i < 10; ++i) {
    log.write(someRecord(random));
  }
  log.finish(0, log.end, log.next());
  struct Cut {
    std::size_t size;
    std::uint64_t records, damaged, missing;
  };
  const Placed& seventh = log.live[6];
  const Cut cut = GENERATE_COPY(values<Cut>({{seventh.offset, 6, 0, 4},
                                             {seventh.offset + 20, 6, 0, 4},
                                             {seventh.offset + 56, 6, 1, 4},
                                             {log.end, 10, 0, 0},  // the end-of-file record alone
                                             {48, 0, 0, 10}}));
  CAPTURE(cut.size);
  Bytes bytes = log.bytes;
  bytes.resize(cut.size);
  const Reading reading = read(bytes);
  CHECK(reading.summary.records == cut.records);
  CHECK(reading.summary.damaged == cut.damaged);
  CHECK(reading.summary.gaps == (cut.missing == 0 ? 0 : 1));
  CHECK(reading.summary.missing == cut.missing);
  CHECK_FALSE(reading.summary.endKnown);
}

TEST_CASE("A header that tells of records without measure is not believed") {
  Random random(5);
  LogWriter log(65536, 100);
  log.write(someRecord(random));
  log.finish(0, log.end, log.next());
  Bytes bytes = log.bytes;
  bytes.resize(log.end);
  patch32(bytes, 24, 0x7FFFFFFF);
  CHECK(read(bytes).summary.missing == 0);
}

TEST_CASE("A record damaged inside does not hide those behind it") {
  Random random(3);
  LogWriter log(65536, 1);
  for (int i = 0; i < 10; ++i) {
    RecordParts parts = someRecord(random);
    parts.strings = {u"MSExchangeIMC"};
    log.write(parts);
  }
  log.finish(0, log.end, log.next());
  patch32(log.bytes, log.live[4].offset + 36, 0xFFFFFFF0);
  const Reading reading = read(log.bytes);
  CHECK(reading.summary.records == 9);
  CHECK(reading.summary.damaged == 1);
  CHECK(reading.summary.gaps == 0);  // its number is known
}

TEST_CASE("What is no .evt is refused with a reason") {
  CHECK(EvtFile::open({}).error().kind == ErrorKind::corrupt);
  const Bytes zeros(1000);
  CHECK(EvtFile::open(zeros).error().kind == ErrorKind::corrupt);
  Bytes evtx(4096);
  const std::string signature = "ElfFile";
  std::copy(signature.begin(), signature.end(), evtx.begin());
  CHECK(EvtFile::open(evtx).error().kind == ErrorKind::unsupported);
}

TEST_CASE("Any cut of a file is read without looking behind its end") {
  const Bytes whole = fileBytes("dissect-TestLog.evt");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (const auto file = EvtFile::open(part)) {
      Found found;
      CHECK(file->read(found).records <= 5);
    }
  }
}
