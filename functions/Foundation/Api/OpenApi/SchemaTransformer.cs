using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Foundation.Api;

/// <summary>Gives real schemas to types that the generator cannot see into: those with converters of their own, enums, defaults.</summary>
internal static class SchemaTransformer
{
    private const string DurationPattern = @"^(\d+(\.\d+)?(ms|s|m|h|d)|P.+)$";

    public static Task ApplyAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var nullable = schema.Type?.HasFlag(JsonSchemaType.Null) == true || type != context.JsonTypeInfo.Type;
        if (type == typeof(TimeSpan)) Text(schema, DurationPattern, "A duration: 250ms, 30s, 10m, 1.5h, 7d, or ISO 8601.", "30s");
        else if (type == typeof(DateTimeOffset)) Instant(schema);
        else if (type == typeof(RawJson)) Anything(schema);
        else if (type == typeof(SecretReference)) Secret(schema);
        else if (type.IsEnum) OneOf(schema, Kebab.Names(type));
        else if (context.JsonPropertyInfo?.CustomConverter is IDescribesValue described) Described(schema, described);
        else if (context.JsonTypeInfo.Converter is IDescribesValue whole) Described(schema, whole);

        if (nullable && type != typeof(RawJson)) schema.Type |= JsonSchemaType.Null;
        if (context.JsonPropertyInfo is { AttributeProvider: PropertyInfo property }) Default(schema, property, context.JsonTypeInfo.Options);
        return Task.CompletedTask;
    }

    private static void Text(OpenApiSchema schema, string? pattern, string description, string? example)
    {
        schema.Type = JsonSchemaType.String;
        schema.Pattern = pattern;
        schema.Format = null;
        schema.Description ??= description;
        if (example is not null) schema.Examples ??= [JsonValue.Create(example)];
    }

    private static void Instant(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.String;
        schema.Format = "date-time";
        schema.Pattern = null;
    }

    private static void Secret(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Required = new HashSet<string> { "$secret" };
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["$secret"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = SecretReference.Form + ".", Examples = ["env:FOUNDATION_SECRET_AGENT"] },
        };
        schema.AdditionalPropertiesAllowed = false;
        schema.Description = "A reference to a secret outside of Foundation, looked up when it is used.";
    }

    private static void Anything(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object | JsonSchemaType.Array | JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Boolean | JsonSchemaType.Null;
        schema.Description = "Any JSON value, kept byte for byte.";
    }

    private static void OneOf(OpenApiSchema schema, IEnumerable<string> names)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. names.Select(name => (JsonNode)JsonValue.Create(name))];
    }

    private static void Described(OpenApiSchema schema, IDescribesValue described)
    {
        if (described.Allowed.Count > 0) OneOf(schema, described.Allowed);
        else if (described.Kind == JsonValueKind.Undefined) TextOrObject(schema, described.Expected);
        else if (described.Kind == JsonValueKind.String) Text(schema, null, char.ToUpperInvariant(described.Expected[0]) + described.Expected[1..] + ".", null);
    }

    private static void TextOrObject(OpenApiSchema schema, string expected)
    {
        schema.Type = JsonSchemaType.String | JsonSchemaType.Object;
        schema.Description ??= char.ToUpperInvariant(expected[0]) + expected[1..] + ".";
    }

    // Defaults that stand as initialisers or as constructor parameters; a value that only says "absent" is none.
    private static void Default(OpenApiSchema schema, PropertyInfo property, JsonSerializerOptions options)
    {
        if (schema.Default is not null || property.DeclaringType is not { } owner || ContractDefaults.Find(owner, property) is not { } value) return;
        schema.Default = JsonSerializer.SerializeToNode(value, property.PropertyType, options);
    }
}
