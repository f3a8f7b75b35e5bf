// What scan prints: the JSON of the contract, or a table for a person. Written piece by piece, file
// by file. The document holds the errors too; beside the table they are on standard error alone.
#pragma once

#include "core/scan.h"

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

namespace imshealth {

class ScanOutput {
 public:
  virtual ~ScanOutput() = default;
  virtual void begin() {}
  /// The log the result was made from is still there, for decoding. The reason where the result, or
  /// what is listed of it, is not all that the file holds.
  virtual std::optional<Error> add(const ScannedFile&, SavedLog&) = 0;
  /// A file that could not be read.
  virtual void addFailed(const std::string& file, const Error&) = 0;
  virtual void end() {}
};

/// `listRecovered`: leftovers are listed, not only counted.
std::unique_ptr<ScanOutput> scanJson(std::ostream&, bool listRecovered);
std::unique_ptr<ScanOutput> scanTable(std::ostream&, bool listRecovered);

}  // namespace imshealth
