#include "service/commands/reading_progress.h"

#include <catch2/catch.hpp>

#include <sstream>

using namespace imshealth;

TEST_CASE("the line of progress has a bar where the end is known") {
  CHECK(progressLine("app.evt", {1024, 45u}) ==
        "app.evt [#########           ]  45 %       1024 records");
  CHECK(progressLine("app.evtx", {1024, std::nullopt}) == "app.evtx       1024 records");
  CHECK(progressLine("app.evt", {1, 100u}).find("[####################] 100 %") !=
        std::string::npos);
}

TEST_CASE("the line of progress stays on one line of a terminal") {
  const std::string name = std::string(100, 'x') + "/\xC3\xA4\x1B[2J.evt";
  const std::string line = progressLine(name, {4'000'000'000, 100u});
  CHECK(line.size() <= 80);  // of bytes, one of them inside of a character
  CHECK(line.find("...") == 0);
  CHECK(line.find('\x1B') == std::string::npos);
  CHECK(line.find("\xC3\xA4?[2J.evt [") != std::string::npos);
}

TEST_CASE("progress is for terminals, and for what takes its time") {
  std::ostringstream out, err;
  const CommandIo file{out, err, false, false};
  CHECK_FALSE(ProgressLine(file, "app.evt").report());
  const CommandIo terminal{out, err, true, false};
  {
    ProgressLine progress(terminal, "app.evt");
    progress.report()({1, 1u});
  }
  CHECK(err.str().empty());
}

TEST_CASE("the line of progress is taken away at the end, with what consoles of NT 4.0 know") {
  std::ostringstream out, err;
  const CommandIo terminal{out, err, true, false};
  {
    ProgressLine progress(terminal, "app.evt", std::chrono::milliseconds(0));
    progress.report()({1024, 45u});
  }
  const std::string line = progressLine("app.evt", {1024, 45u});
  CHECK(err.str() == "\r" + line + "\r" + std::string(line.size(), ' ') + "\r");
}
