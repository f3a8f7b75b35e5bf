// The plan as a .cmd file.
#include "core/plan.h"
#include "core/quote_argument.h"

#include <fmt/format.h>

namespace imshealth {
namespace {

/// A percent sign begins a variable in a .cmd file, in quotes and in remarks too.
std::string literal(std::string_view text) {
  std::string doubled;
  for (const char character : text) {
    doubled.append(character == '%' ? 2 : 1, character);
  }
  return doubled;
}

std::string quoted(std::string_view text) {
  return '"' + literal(text) + '"';
}

/// As the tool's own parser wants it, and so that cmd.exe finds nothing of its own in it.
std::string argumentFor(std::string_view argument) {
  const std::string forTool = quoteArgument(argument);
  const bool plain = forTool.find_first_of("&|<>^()!,;=@") == std::string::npos;
  return plain || forTool.front() == '"' ? literal(forTool) : quoted(forTool);
}

std::string remark(std::string_view text) {
  return fmt::format("rem {}\r\n", literal(text));
}

std::string performanceKey(const Plan& plan) {
  return "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\" + plan.counterService +
         "\\Performance";
}

/// Says why the file stops there. Blocks in brackets do not go well with brackets in a path.
std::string stopIf(std::string_view condition, std::string_view why) {
  return fmt::format("if {0} echo {1}\r\nif {0} goto failed\r\n", condition, why);
}

/// What `||` takes for a failure differs between versions of cmd.exe: it is looked at what is
/// there.
std::string unlessThere(std::string_view path) {
  return stopIf(fmt::format("not exist {}", path), fmt::format("Not there: {}", path));
}

std::string nameOf(std::string_view path) {
  return literal(path.substr(path.find_last_of("\\/") + 1));
}

/// The program has a journal and a way back; whoever runs the file has these copies.
std::string backUpLines(const Plan& plan, const Step& step) {
  constexpr std::string_view perflib =
      "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib";
  const std::string key = performanceKey(plan);
  std::string lines =
      remark("To put everything back: import the two .reg files, copy the rest to its place.");
  lines += fmt::format("set \"backup=%~dpn0-{}\"\r\n", literal(plan.counterService));
  lines += stopIf("exist \"%backup%\"", "A backup of an earlier run is there: \"%backup%\"") +
           "mkdir \"%backup%\"\r\n";
  for (const std::string& file : step.files) {
    lines += fmt::format("copy {} \"%backup%\"\r\n", quoted(file)) +
             unlessThere(fmt::format("\"%backup%\\{}\"", nameOf(file)));
  }
  for (const auto& [name, path] :
       {std::pair<std::string_view, std::string_view>("performance", key), {"perflib", perflib}}) {
    lines += fmt::format("regedit /e \"%backup%\\{}.reg\" {}\r\n", name, quoted(path)) +
             unlessThere(fmt::format("\"%backup%\\{}.reg\"", name));
  }
  return lines;
}

std::string restoreLines(const std::string& from, const std::string& to) {
  return fmt::format("copy {0} {1}\r\nfc /b {0} {1} >nul\r\n", quoted(from), quoted(to)) +
         stopIf("errorlevel 1", "Not a copy of " + quoted(from) + ": " + quoted(to));
}

/// Exit codes of the three tools are no proof in either direction, so they do not end the file.
std::string toolLines(const Step& step) {
  const std::string& folder = step.tool->workingDirectory;
  std::string lines = unlessThere(quoted(folder + "\\*")) +
                      fmt::format("cd /d {}\r\n{}", quoted(folder), quoted(step.tool->program));
  for (const std::string& argument : step.tool->arguments) {
    lines += ' ' + argumentFor(argument);
  }
  return lines + "\r\n";
}

/// Windows NT 4.0 and 2000 have no reg.exe. Going on there would load the counters twice.
std::string removeIndexValueLines(const Plan& plan) {
  constexpr std::string_view reg = "\"%SystemRoot%\\system32\\reg.exe\"";
  const std::string key = quoted(performanceKey(plan));
  std::string lines = stopIf(
      fmt::format("not exist {}", reg),
      "There is no reg.exe. Remove First Counter, Last Counter, First Help, Last Help and Object "
      "List with regedit from " +
          key + " and have a new file written, under another name.");
  for (const char* value :
       {"First Counter", "Last Counter", "First Help", "Last Help", "Object List"}) {
    lines += fmt::format("{} delete {} /v \"{}\" /f\r\n", reg, key, value);
  }
  return lines;
}

std::string linesOf(const Plan& plan, const Step& step) {
  std::string lines = fmt::format("\r\nrem --- {}\r\n", toString(step.kind));
  if (!step.applicable) {
    return lines + remark("not applicable: " + step.whyNot) + remark(step.command());
  }
  if (step.tool) {
    return lines + toolLines(step);
  }
  lines += remark(step.description);
  switch (step.kind) {
    case StepKind::restoreLibrary:
      return lines + restoreLines(step.files.front(), step.files.back());
    case StepKind::backUp: return lines + backUpLines(plan, step);
    case StepKind::unloadCounters: return lines + removeIndexValueLines(plan);
    default: return lines;
  }
}

}  // namespace

std::string asScript(const std::vector<Plan>& plans) {
  std::string script =
      "@echo off\r\n"
      "rem Run it as an administrator. It stops at the first line that cannot go on. Exit codes of "
      "regsvr32,\r\nrem unlodctr and lodctr prove nothing: afterwards say imshealth check.\r\n";
  for (const Plan& plan : plans) {
    script += "\r\n" + remark(fmt::format("The counters of {}, after Microsoft article Q256927.",
                                          plan.counterService));
    // What this file overwrites is saved first; the program itself saves each thing when its step
    // comes.
    const Step* backUp = plan.find(StepKind::backUp);
    if (backUp != nullptr) {
      script += linesOf(plan, *backUp);
    }
    for (const Step& step : plan.steps) {
      if (&step != backUp) {
        script += linesOf(plan, step);
      }
    }
  }
  // cmd.exe of Windows NT 4.0 has neither :eof nor `exit /b`, and closes the window at the latter.
  return script +
         "\r\necho Every step was run. Whether it helped, imshealth check tells.\r\ngoto "
         "done\r\n\r\n:failed\r\necho Stopped there, nothing more was done.\r\n"
         "\"%ComSpec%\" /c exit 1\r\n\r\n:done\r\n";
}

}  // namespace imshealth
