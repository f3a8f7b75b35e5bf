#include "tests/lab/tools/journal.h"

#include "tests/lab/eventlog/store.h"

#include <windows.h>

#include <cstdio>

namespace lab {
namespace {

void appendLine(const std::string& line) {
  CreateDirectoryW(labFolder, nullptr);
  HANDLE file = CreateFileW(journalFile, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE,
                            nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  DWORD written = 0;
  WriteFile(file, line.data(), static_cast<DWORD>(line.size()), &written, nullptr);
  CloseHandle(file);
}

}  // namespace

std::string utf8(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  const int length =
      WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<std::size_t>(length), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), size, out.data(), length, nullptr, nullptr);
  return out;
}

std::string quoted(std::wstring_view text) {
  std::string out = "\"";
  for (const char character : utf8(text)) {
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(character));
      out += escape;
    } else {
      out += character;
    }
  }
  return out + '"';
}

void recordStart(const wchar_t* tool, int argc, wchar_t** argv) {
  wchar_t folder[MAX_PATH];
  GetCurrentDirectoryW(MAX_PATH, folder);
  wchar_t image[MAX_PATH];
  GetModuleFileNameW(nullptr, image, MAX_PATH);
  std::string line = "{\"tool\":" + quoted(tool) + ",\"image\":" + quoted(image) + ",\"argv\":[";
  for (int i = 0; i < argc; ++i) {
    line += (i == 0 ? "" : ",") + quoted(argv[i]);
  }
  line += "],\"folder\":" + quoted(folder) + ",\"pid\":" + std::to_string(GetCurrentProcessId()) +
          "}\n";
  appendLine(line);
}

void recordStage(const wchar_t* tool, const char* name) {
  appendLine("{\"stage\":\"" + std::string(name) + "\",\"of\":" + quoted(tool) +
             ",\"pid\":" + std::to_string(GetCurrentProcessId()) + "}\n");
}

void recordEnd(const wchar_t* tool, int exitCode) {
  appendLine("{\"ended\":" + quoted(tool) + ",\"pid\":" + std::to_string(GetCurrentProcessId()) +
             ",\"exitCode\":" + std::to_string(exitCode) + "}\n");
}

void recordLoad(const wchar_t* library) {
  appendLine("{\"loaded\":" + quoted(library) +
             ",\"pid\":" + std::to_string(GetCurrentProcessId()) + "}\n");
}

std::wstring fault(const wchar_t* tool, const wchar_t* key) {
  wchar_t text[256];
  GetPrivateProfileStringW(tool, key, L"", text, 256, settingsFile);
  return text;
}

int faultNumber(const wchar_t* tool, const wchar_t* key, int otherwise) {
  return static_cast<int>(GetPrivateProfileIntW(tool, key, otherwise, settingsFile));
}

void misbehave(const wchar_t* tool) {
  const std::wstring kind = fault(tool, L"misbehave");
  if (kind == L"hang") {
    Sleep(INFINITE);
  }
  if (kind == L"endlessOutput") {
    for (;;) {
      std::puts("The same line again and again and again.");
    }
  }
  if (kind == L"crash") {
    TerminateProcess(GetCurrentProcess(), 0xC0000005);
  }
}

}  // namespace lab
