#include "service/child_process.h"

#include "service/win32/dynamic_procs.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <vector>

namespace imshealth {
namespace {

constexpr DWORD endedByUs = 0xC000013A;                // STATUS_CONTROL_C_EXIT
constexpr DWORD_PTR handleListAttribute = 0x00020002;  // PROC_THREAD_ATTRIBUTE_HANDLE_LIST
constexpr DWORD extendedStartupInfo = 0x00080000;      // EXTENDED_STARTUPINFO_PRESENT

/// STARTUPINFOEXW, Vista.
struct ExtendedStartup {
  STARTUPINFOW startup{};
  void* attributes = nullptr;
};

/// JOBOBJECT_EXTENDED_LIMIT_INFORMATION as XP and later know it.
constexpr int extendedLimitClass = 9;
constexpr DWORD killOnJobClose = 0x00002000;

/// On Windows 2000 and later. Without one (NT 4.0, or inside a job that lets nobody out) the child
/// alone can be ended.
UniqueHandle makeJob(const ProcessFunctions& functions) {
  if (functions.createJobObject == nullptr || functions.assignProcessToJob == nullptr ||
      functions.terminateJob == nullptr) {
    return {};
  }
  UniqueHandle job(functions.createJobObject(nullptr, nullptr));
  if (job && functions.setJobInformation != nullptr) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = killOnJobClose;
    // 2000 does not know this limit: there the job is ended by end() alone.
    functions.setJobInformation(job.get(), extendedLimitClass, &limits, sizeof limits);
  }
  return job;
}

/// Names the handles that the child may inherit, so that no other one of the process slips through.
class InheritedHandles {
 public:
  InheritedHandles(const ProcessFunctions& functions, std::vector<HANDLE> handles)
      : functions_(functions), handles_(std::move(handles)) {
    SIZE_T size = 0;
    if (functions_.initializeAttributeList == nullptr || functions_.updateAttribute == nullptr ||
        functions_.deleteAttributeList == nullptr) {
      return;
    }
    functions_.initializeAttributeList(nullptr, 1, 0, &size);
    block_.resize(size);
    if (size == 0 || !functions_.initializeAttributeList(block_.data(), 1, 0, &size)) {
      return;
    }
    initialized_ = true;
    named_ =
        functions_.updateAttribute(block_.data(), 0, handleListAttribute, handles_.data(),
                                   handles_.size() * sizeof(HANDLE), nullptr, nullptr) != FALSE;
  }
  InheritedHandles(const InheritedHandles&) = delete;
  InheritedHandles& operator=(const InheritedHandles&) = delete;
  ~InheritedHandles() {
    if (initialized_) {
      functions_.deleteAttributeList(block_.data());
    }
  }

  void* list() { return named_ ? block_.data() : nullptr; }

 private:
  const ProcessFunctions& functions_;
  std::vector<HANDLE> handles_;
  std::vector<unsigned char> block_;
  bool initialized_ = false;
  bool named_ = false;
};

}  // namespace

const ProcessFunctions& systemProcessFunctions() {
  static const ProcessFunctions functions = [] {
    constexpr const wchar_t* kernel = L"kernel32.dll";
    ProcessFunctions found;
    const auto look = [&]<class F>(F*& slot, const char* name) {
      slot = systemFunction<F>(kernel, name);
    };
    look(found.createJobObject, "CreateJobObjectW");
    look(found.setJobInformation, "SetInformationJobObject");
    look(found.assignProcessToJob, "AssignProcessToJobObject");
    look(found.terminateJob, "TerminateJobObject");
    look(found.initializeAttributeList, "InitializeProcThreadAttributeList");
    look(found.updateAttribute, "UpdateProcThreadAttribute");
    look(found.deleteAttributeList, "DeleteProcThreadAttributeList");
    return found;
  }();
  return functions;
}

Result<ChildProcess> ChildProcess::start(const ChildStart& start,
                                         const ProcessFunctions& functions) {
  SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  const UniqueFile nothing(CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE,
                                       FILE_SHARE_READ | FILE_SHARE_WRITE, &inheritable,
                                       OPEN_EXISTING, 0, nullptr));
  if (!nothing) {
    return lastError("NUL");
  }
  const HANDLE input = start.input != nullptr ? start.input : nothing.get();
  const HANDLE output = start.output != nullptr ? start.output : nothing.get();
  std::vector<HANDLE> handed = {input};
  if (output != input) {
    handed.push_back(output);  // the list must not name a handle twice
  }
  InheritedHandles inherited(functions, std::move(handed));

  ExtendedStartup startup;
  startup.attributes = inherited.list();
  startup.startup.cb = startup.attributes != nullptr ? sizeof startup : sizeof startup.startup;
  startup.startup.dwFlags = STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW;
  startup.startup.wShowWindow = SW_HIDE;
  startup.startup.hStdInput = input;
  startup.startup.hStdOutput = output;
  startup.startup.hStdError = output;

  DWORD flags = CREATE_SUSPENDED | CREATE_NO_WINDOW;
  if (startup.attributes != nullptr) {
    flags |= extendedStartupInfo;
  }
  const std::wstring program = toWide(start.program);
  std::wstring commandLine = toWide(start.commandLine);
  const std::wstring directory = toWide(start.workingDirectory);
  UniqueHandle job = makeJob(functions);
  PROCESS_INFORMATION process{};
  // Suspended until it is in the job. A parent that is killed in between leaves it so, and it
  // stays: it has run nothing and never will. PROC_THREAD_ATTRIBUTE_JOB_LIST would close that gap
  // from Windows 10 on, but where the parent's own job takes no other one the call would fail, and
  // this way be needed all the same.
  if (!CreateProcessW(program.c_str(), commandLine.data(), nullptr, nullptr, TRUE, flags, nullptr,
                      directory.empty() ? nullptr : directory.c_str(), &startup.startup,
                      &process)) {
    return lastError(start.program);
  }
  UniqueHandle owned(process.hProcess);
  const UniqueHandle thread(process.hThread);
  if (job && !functions.assignProcessToJob(job.get(), owned.get())) {
    job.reset();
  }
  ChildProcess child(std::move(owned), std::move(job), functions);
  if (ResumeThread(thread.get()) == static_cast<DWORD>(-1)) {
    return lastError(start.program);  // the child's destructor ends it
  }
  return child;
}

ChildProcess::~ChildProcess() {
  if (process_) {
    end();
  }
}

void ChildProcess::end() {
  if (job_) {
    functions_->terminateJob(job_.get(), endedByUs);
  } else {
    TerminateProcess(process_.get(),
                     endedByUs);  // ended already: the call fails and nothing happens
  }
}

DWORD ChildProcess::exitCode() const {
  DWORD code = 0;
  GetExitCodeProcess(process_.get(), &code);
  return code;
}

}  // namespace imshealth
