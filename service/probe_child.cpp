#include "service/probe_child.h"

#include "service/probe_protocol.h"
#include "service/win32/handles.h"
#include "service/win32/text.h"

#include <fcntl.h>
#include <io.h>

#include <optional>
#include <string>
#include <vector>

namespace imshealth {
namespace {

// Exported without decoration; stdcall on x86 (winperf.h).
using OpenProcedure = DWORD APIENTRY(LPWSTR);
using CollectProcedure = DWORD APIENTRY(LPWSTR, LPVOID*, LPDWORD, LPDWORD);
using CloseProcedure = DWORD APIENTRY();

constexpr DWORD firstBuffer = 64 * 1024;
constexpr DWORD largestBuffer = 4 * 1024 * 1024;
constexpr DWORD writtenOutside = ERROR_INSUFFICIENT_BUFFER;  // Collect says more than it was given

std::string readOrder() {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  std::string text;
  char chunk[4096];
  DWORD size = 0;
  while (text.size() < 64 * 1024 && ReadFile(input, chunk, sizeof chunk, &size, nullptr) &&
         size > 0) {
    text.append(chunk, size);
  }
  return text;
}

/// Takes standard output for ourselves: what the library prints goes nowhere.
UniqueHandle takeOutput() {
  HANDLE own = nullptr;
  DuplicateHandle(GetCurrentProcess(), GetStdHandle(STD_OUTPUT_HANDLE), GetCurrentProcess(), &own,
                  0, FALSE, DUPLICATE_SAME_ACCESS);
  const int nowhere = _open("NUL", _O_WRONLY);
  _dup2(nowhere, 1);
  _dup2(nowhere, 2);
  const HANDLE handle = CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                    nullptr, OPEN_EXISTING, 0, nullptr);
  SetStdHandle(STD_OUTPUT_HANDLE, handle);
  SetStdHandle(STD_ERROR_HANDLE, handle);
  return UniqueHandle(own);
}

LONG WINAPI endAtOnce(EXCEPTION_POINTERS* exception) {
  // No debugger, no dialog; of a stack overflow there is stack for hardly more than this.
  TerminateProcess(GetCurrentProcess(), exception->ExceptionRecord->ExceptionCode);
  return EXCEPTION_EXECUTE_HANDLER;
}

/// HKLM\SYSTEM\CurrentControlSet\Services\<service>\Linkage, Export: device names for Open, with
/// both their closing zeros. Absent: Open gets NULL.
std::optional<std::vector<wchar_t>> linkageExport(const std::string& service) {
  UniqueRegistryKey key;
  const std::wstring path =
      L"SYSTEM\\CurrentControlSet\\Services\\" + toWide(service) + L"\\Linkage";
  DWORD size = 0;
  DWORD type = 0;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, KEY_QUERY_VALUE, key.put()) !=
          ERROR_SUCCESS ||
      RegQueryValueExW(key.get(), L"Export", nullptr, &type, nullptr, &size) != ERROR_SUCCESS ||
      type != REG_MULTI_SZ || size > 64 * 1024) {
    return std::nullopt;
  }
  std::vector<wchar_t> text(size / sizeof(wchar_t) + 2, L'\0');
  if (RegQueryValueExW(key.get(), L"Export", nullptr, &type, reinterpret_cast<BYTE*>(text.data()),
                       &size) != ERROR_SUCCESS) {
    return std::nullopt;
  }
  return text;
}

/// The image is for another processor; read from the file, since the loader only says "bad format".
bool isForOtherMachine(const std::wstring& path) {
  const UniqueFile file(
      CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr));
  unsigned char header[4096] = {};
  DWORD size = 0;
  if (!file || !ReadFile(file.get(), header, sizeof header, &size, nullptr)) {
    return false;
  }
  const auto word = [&header](std::size_t at) {
    return static_cast<unsigned>(header[at] | header[at + 1] << 8);
  };
  const std::size_t pe = word(0x3C) | static_cast<std::size_t>(word(0x3E)) << 16;
  if (size < 64 || word(0) != IMAGE_DOS_SIGNATURE || pe > size - 6u || word(pe) != 0x4550) {
    return false;
  }
#ifdef _WIN64
  constexpr unsigned own = IMAGE_FILE_MACHINE_AMD64;
#else
  constexpr unsigned own = IMAGE_FILE_MACHINE_I386;
#endif
  return word(pe + 4) != own;
}

class ProbeRun {
 public:
  ProbeRun(ProbeOrder order, UniqueHandle output)
      : order_(std::move(order)), output_(std::move(output)) {}

  [[noreturn]] void run() {
    stage("load");
    const std::wstring path = toWide(order_.request.library);
    const HMODULE library = LoadLibraryExW(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (library == nullptr) {
      const DWORD code = GetLastError();
      finish(code == ERROR_BAD_EXE_FORMAT && isForOtherMachine(path) ? ProbeOutcome::notRun
                                                                     : ProbeOutcome::failed,
             code);
    }
    auto* open = procedure<OpenProcedure>(library, order_.request.open);
    auto* collect = procedure<CollectProcedure>(library, order_.request.collect);
    auto* close = procedure<CloseProcedure>(library, order_.request.close);

    stage("open");
    auto devices = linkageExport(order_.request.service);
    expectSuccess(open(devices ? devices->data() : nullptr));
    stage("collect");
    expectSuccess(collectAll(collect));
    stage("close");
    expectSuccess(close());
    finish(ProbeOutcome::ok, 0);
  }

 private:
  void say(const std::string& line) {
    DWORD written = 0;
    WriteFile(output_.get(), line.data(), static_cast<DWORD>(line.size()), &written, nullptr);
  }
  void stage(const char* name) {
    stage_ = name;
    say(stageLine(order_.nonce, stage_));
  }
  [[noreturn]] void finish(ProbeOutcome outcome, DWORD status) {
    say(resultLine(order_.nonce, outcome, status, stage_));
    TerminateProcess(GetCurrentProcess(), outcome == ProbeOutcome::ok ? 0 : 1);
    for (;;) {
      Sleep(INFINITE);  // not reached; the compiler cannot know
    }
  }
  void expectSuccess(DWORD status) {
    if (status != ERROR_SUCCESS) {
      finish(ProbeOutcome::failed, status);
    }
  }

  template <class Procedure>
  Procedure* procedure(HMODULE library, const std::string& name) {
    auto* found = reinterpret_cast<Procedure*>(
        reinterpret_cast<void*>(GetProcAddress(library, name.c_str())));
    if (found == nullptr) {
      finish(ProbeOutcome::failed, GetLastError());
    }
    return found;
  }

  /// "Global" as Perflib asks; a library may ask for more room (winperf.h).
  static DWORD collectAll(CollectProcedure* collect) {
    wchar_t query[] = L"Global";
    for (DWORD size = firstBuffer; size <= largestBuffer; size *= 4) {
      std::vector<unsigned char> buffer(size);
      void* next = buffer.data();
      DWORD bytes = size;
      DWORD objects = 0;
      const DWORD status = collect(query, &next, &bytes, &objects);
      if (status == ERROR_MORE_DATA) {
        continue;
      }
      if (status == ERROR_SUCCESS &&
          (bytes > size || next < buffer.data() || next > buffer.data() + size)) {
        return writtenOutside;
      }
      return status;
    }
    return ERROR_MORE_DATA;
  }

  ProbeOrder order_;
  UniqueHandle output_;
  std::string stage_;
};

}  // namespace

int runProbeChild() {
  SetUnhandledExceptionFilter(endAtOnce);
  auto order = readProbeOrder(readOrder());
  if (!order) {
    return 2;
  }
  ProbeRun(std::move(*order), takeOutput()).run();
}

}  // namespace imshealth
