// A child process that cannot outlive its use: in a job object, without a window, with no inherited
// handle but the two it is given. The machinery under tool runner and open probe.
#pragma once

#include "core/error.h"
#include "service/win32/handles.h"

#include <string>

namespace imshealth {

/// What came after NT 4.0, looked up at run time; nullptr: this system does not have it.
struct ProcessFunctions {
  HANDLE(WINAPI* createJobObject)(SECURITY_ATTRIBUTES*, LPCWSTR) = nullptr;
  BOOL(WINAPI* setJobInformation)(HANDLE, int, void*, DWORD) = nullptr;
  BOOL(WINAPI* assignProcessToJob)(HANDLE, HANDLE) = nullptr;
  BOOL(WINAPI* terminateJob)(HANDLE, UINT) = nullptr;
  BOOL(WINAPI* initializeAttributeList)(void*, DWORD, DWORD, SIZE_T*) = nullptr;
  BOOL(WINAPI* updateAttribute)(void*, DWORD, DWORD_PTR, void*, SIZE_T, void*, SIZE_T*) = nullptr;
  void(WINAPI* deleteAttributeList)(void*) = nullptr;
};

/// Those of this system.
const ProcessFunctions& systemProcessFunctions();

/// Text is UTF-8; `commandLine` begins with the quoted program.
struct ChildStart {
  std::string program;  ///< absolute path
  std::string commandLine;
  std::string workingDirectory;  ///< empty: the parent's
  HANDLE input = nullptr;        ///< inheritable; nullptr: nothing to read
  HANDLE output = nullptr;       ///< inheritable; standard output and standard error
};

class ChildProcess {
 public:
  static Result<ChildProcess> start(const ChildStart&, const ProcessFunctions&);

  ChildProcess(ChildProcess&&) = default;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  ///< nothing that it started is left running

  HANDLE handle() const { return process_.get(); }

  /// Ends it and, where the system has job objects, everything it has started.
  void end();
  DWORD exitCode() const;

 private:
  ChildProcess(UniqueHandle process, UniqueHandle job, const ProcessFunctions& functions)
      : process_(std::move(process)), job_(std::move(job)), functions_(&functions) {}

  UniqueHandle process_;
  UniqueHandle job_;
  const ProcessFunctions* functions_;
};

}  // namespace imshealth
