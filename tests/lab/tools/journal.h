// The lab's record of every tool start and end, and of every load of a counter library, one JSON
// object per line in C:\lab\journal.jsonl, so that a test can say what ran, in which order, with
// which arguments and from which folder.
#pragma once

#include <string>
#include <string_view>

namespace lab {

std::string utf8(std::wstring_view text);
std::string quoted(std::wstring_view text);  // as a JSON string

void recordStart(const wchar_t* tool, int argc, wchar_t** argv);
void recordStage(const wchar_t* tool, const char* name);
void recordEnd(const wchar_t* tool, int exitCode);
void recordLoad(const wchar_t* library);

// settings.ini, section = tool: what this run is to do wrong. Empty: nothing.
std::wstring fault(const wchar_t* tool, const wchar_t* key);
int faultNumber(const wchar_t* tool, const wchar_t* key, int otherwise);

// The faults every tool knows: hang, endlessOutput, crash. Returns only where none is ordered.
void misbehave(const wchar_t* tool);

}  // namespace lab
