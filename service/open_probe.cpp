#include "service/open_probe.h"

#include "core/quote_argument.h"
#include "service/child_output.h"
#include "service/probe_protocol.h"
#include "service/system_directory.h"
#include "service/win32/access.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <fmt/format.h>

#include <wincrypt.h>

namespace imshealth {
namespace {

constexpr std::size_t mostProbeOutput = 16 * 1024;

/// Not to be guessed by a library that runs in the child. CryptGenRandom is there since NT 4.0.
std::string makeNonce() {
  unsigned char bytes[16] = {};
  HCRYPTPROV provider = 0;
  if (CryptAcquireContextW(&provider, nullptr, nullptr, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT)) {
    CryptGenRandom(provider, sizeof bytes, bytes);
    CryptReleaseContext(provider, 0);
  } else {
    LARGE_INTEGER ticks;
    QueryPerformanceCounter(&ticks);
    std::memcpy(bytes, &ticks, sizeof ticks);
  }
  std::string text;
  for (const unsigned char byte : bytes) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

/// A pipe that holds the whole request already: the child reads it and meets the end.
Result<UniqueHandle> pipeWith(const std::string& text) {
  HANDLE readEnd = nullptr;
  HANDLE writeEnd = nullptr;
  AdministratorsOnly access;
  if (!CreatePipe(&readEnd, &writeEnd, access.attributes(), 16 * 1024)) {
    return lastError("input pipe");
  }
  UniqueHandle reader(readEnd);
  const UniqueHandle writer(writeEnd);
  DWORD written = 0;
  if (!WriteFile(writer.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr) ||
      !SetHandleInformation(reader.get(), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) {
    return lastError("input pipe");
  }
  return reader;
}

}  // namespace

std::string ownProgram() {
  wchar_t path[MAX_PATH];
  const DWORD length = GetModuleFileNameW(nullptr, path, MAX_PATH);
  return toUtf8({path, length < MAX_PATH ? length : 0});
}

boost::asio::awaitable<ProbeResult> ChildOpenProbe::probe(const ProbeRequest& request,
                                                          Milliseconds deadline) {
  const ProbeOrder order{makeNonce(), request};
  const auto notRun = [](const Error& error) {
    return ProbeResult{ProbeOutcome::notRun, std::nullopt, {}, error.describe()};
  };
  auto input = pipeWith(writeProbeOrder(order));
  if (!input) {
    co_return notRun(input.error());
  }
  ChildStart start;
  start.program = program_;
  start.commandLine = '"' + program_ + "\" probe";
  // As Perflib has it, the library finds what lies beside it. The working directory is searched too
  // ("Dynamic-Link Library Search Order": before XP SP1 even ahead of the system directory, and for
  // the child's own imports before its first instruction), so it is one that only administrators
  // can write, whoever started us where.
  start.workingDirectory = systemDirectory();
  start.input = input->get();
  auto report = co_await runChild(std::move(start), deadline, mostProbeOutput, stop_, functions_);
  if (!report) {
    co_return notRun(report.error());
  }
  ProbeChildEnd end;
  end.kind = report->end == ChildEnd::exited     ? ProbeChildEnd::Kind::exited
             : report->end == ChildEnd::timedOut ? ProbeChildEnd::Kind::timedOut
                                                 : ProbeChildEnd::Kind::stopped;
  end.exitCode = report->exitCode;
  end.output = std::move(report->output);
  co_return judgeProbe(order.nonce, end);
}

}  // namespace imshealth
