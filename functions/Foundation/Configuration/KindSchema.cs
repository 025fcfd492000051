using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Foundation.Configuration;

/// <summary>The JSON Schema of a contract, as strict as its options.</summary>
internal static class KindSchema
{
    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true, TransformSchemaNode = static (context, schema) => Describe(context, schema),
    };

    public static RawJson Of(JsonTypeInfo type)
    {
        var schema = type.GetJsonSchemaAsNode(Options);
        if (schema is JsonObject root) root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return RawJson.Parse(JsonSerializer.SerializeToUtf8Bytes(schema, JsonNodeTypes.Default.JsonNode));
    }

    // The exporter knows nothing of what a converter reads; ours say it themselves.
    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var converter = context.PropertyInfo?.CustomConverter ?? Inner(context.TypeInfo).Converter;
        if (converter is not IDescribesValue described) return schema;
        var own = new JsonObject { ["type"] = described.Kind == JsonValueKind.String ? "string" : "number" };
        if (described.Allowed.Count > 0) own["enum"] = new JsonArray([.. described.Allowed.Select(value => JsonValue.Create(value))]);
        else own["description"] = described.Expected;
        return own;
    }

    private static JsonTypeInfo Inner(JsonTypeInfo type) =>
        Nullable.GetUnderlyingType(type.Type) is { } inner ? type.Options.GetTypeInfo(inner) : type;
}
