using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Foundation.Api;

/// <summary>Gives real schemas to types that the generator cannot see into: those with converters of their own, enums, defaults.</summary>
internal static class SchemaTransformer
{
    private const string DurationPattern = @"^(\d+(\.\d+)?(ms|s|m|h|d)|P.+)$";

    public static Task ApplyAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var info = context.JsonTypeInfo;
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;

        // Enums are shared schemas: where one may be null, the reference to it says so.
        var nullable = !type.IsEnum && (schema.Type?.HasFlag(JsonSchemaType.Null) == true || type != info.Type);
        Describe(schema, type, context.JsonPropertyInfo?.CustomConverter ?? info.Converter, context.Document!);
        AddElement(schema, info, context.Document!);
        if (nullable && type != typeof(RawJson)) schema.Type |= JsonSchemaType.Null;
        if (context.JsonPropertyInfo is { AttributeProvider: PropertyInfo property }) Default(schema, property, info.Options);
        return Task.CompletedTask;
    }

    private static void Describe(OpenApiSchema schema, Type type, JsonConverter converter, OpenApiDocument document)
    {
        if (type == typeof(TimeSpan)) Text(schema, DurationPattern, "A duration: 250ms, 30s, 10m, 1.5h, 7d, or ISO 8601.", "30s");
        else if (type == typeof(DateTimeOffset)) Instant(schema);
        else if (type == typeof(RawJson)) Anything(schema);
        else if (type.IsEnum) OneOf(schema, Kebab.Names(type));
        else if (converter is IDescribesSchema known) Copy(Parse(known.JsonSchema, document), schema);
        else if (converter is IDescribesValue { Kind: JsonValueKind.String } text) Text(schema, null, Sentence(text.Expected), null);
    }

    // The generator leaves out what a list or map holds when its type has a converter.
    private static void AddElement(OpenApiSchema schema, JsonTypeInfo info, OpenApiDocument document)
    {
        if (info.ElementType is not { } elementType) return;
        var element = info.Options.GetTypeInfo(Nullable.GetUnderlyingType(elementType) ?? elementType);
        if (info.Kind == JsonTypeInfoKind.Enumerable && schema.Items is null) schema.Items = Element(element, document);
        if (info.Kind == JsonTypeInfoKind.Dictionary && schema.AdditionalProperties is null) schema.AdditionalProperties = Element(element, document);
    }

    private static OpenApiSchema Element(JsonTypeInfo element, OpenApiDocument document)
    {
        var schema = new OpenApiSchema();
        Describe(schema, element.Type, element.Converter, document);
        return schema;
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

    private static string Sentence(string expected) => char.ToUpperInvariant(expected[0]) + expected[1..] + ".";

    private static OpenApiSchema Parse(string json, OpenApiDocument document) =>
        OpenApiModelFactory.Parse<OpenApiSchema>(SchemaReferences.Hide(json), OpenApiSpecVersion.OpenApi3_1, document, out _, "json")
        ?? throw new InvalidOperationException($"Not a schema: {json}");

    private static void Copy(OpenApiSchema from, OpenApiSchema to)
    {
        (to.Type, to.Format, to.Pattern, to.Enum) = (from.Type, from.Format, from.Pattern, from.Enum);
        (to.Items, to.Properties, to.Required, to.AdditionalProperties) = (from.Items, from.Properties, from.Required, from.AdditionalProperties);
        (to.OneOf, to.AnyOf, to.AllOf, to.Examples) = (from.OneOf, from.AnyOf, from.AllOf, from.Examples);
        (to.Minimum, to.Maximum, to.AdditionalPropertiesAllowed) = (from.Minimum, from.Maximum, from.AdditionalPropertiesAllowed);
        to.Description ??= from.Description;
    }

    // Defaults that stand as initialisers or as constructor parameters; a value that only says "absent" is none.
    private static void Default(OpenApiSchema schema, PropertyInfo property, JsonSerializerOptions options)
    {
        if (schema.Default is not null || property.DeclaringType is not { } owner || ContractDefaults.Find(owner, property) is not { } value) return;
        schema.Default = JsonSerializer.SerializeToNode(value, property.PropertyType, options);
    }
}
