#include "config/validate.h"

#include "config/jsonc.h"
#include "config/schema.h"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <memory>

namespace imshealth {
namespace {

std::unique_ptr<const valijson::Schema> parseSchema() {
  auto schema = std::make_unique<valijson::Schema>();
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schemaRoot()), *schema);
  return schema;
}

/// valijson writes a place as "<root>", "[watch]", "[0]".
std::string pointerOf(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::size_t i = 1; i < context.size(); ++i)
    pointer = childPointer(pointer, std::string_view(context[i]).substr(1, context[i].size() - 2));
  return pointer;
}

}  // namespace

std::vector<SchemaViolation> validateAgainstSchema(const nlohmann::json& value) {
  static const std::unique_ptr<const valijson::Schema> schema = parseSchema();
  valijson::ValidationResults results;
  std::vector<SchemaViolation> violations;
  if (valijson::Validator().validate(*schema, valijson::adapters::NlohmannJsonAdapter(value),
                                     &results))
    return violations;
  for (const valijson::ValidationResults::Error& error : results)
    violations.push_back({pointerOf(error.context), error.description});
  if (violations.empty())
    violations.push_back({"", "the policy does not fit the schema"});
  return violations;
}

}  // namespace imshealth
