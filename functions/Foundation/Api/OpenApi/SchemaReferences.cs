using Microsoft.OpenApi;

namespace Foundation.Api;

/// <summary>
/// References inside schemas that converters tell. The generator unwraps every reference while it still collects schemas, so these are
/// kept as marks until the document is complete.
/// </summary>
internal static class SchemaReferences
{
    private const string Mark = "$ref:";
    private const string Written = "\"$ref\": \"#/components/schemas/";

    /// <summary>The schema text with marks instead of references.</summary>
    public static string Hide(string json) => json.Replace(Written, "\"title\": \"" + Mark, StringComparison.Ordinal);

    /// <summary>Makes references of all marks.</summary>
    public static void Show(OpenApiDocument document)
    {
        foreach (var schema in document.Components?.Schemas?.Values ?? []) Visit(schema, document);
    }

    private static void Visit(IOpenApiSchema? node, OpenApiDocument document)
    {
        if (node is not OpenApiSchema schema) return;
        schema.Items = Replaced(schema.Items, document);
        schema.AdditionalProperties = Replaced(schema.AdditionalProperties, document);
        Visit(schema.OneOf, document);
        Visit(schema.AnyOf, document);
        foreach (var (name, property) in schema.Properties?.ToList() ?? []) schema.Properties![name] = Replaced(property, document)!;
    }

    private static void Visit(IList<IOpenApiSchema>? choices, OpenApiDocument document)
    {
        for (var i = 0; i < choices?.Count; i++) choices[i] = Replaced(choices[i], document)!;
    }

    private static IOpenApiSchema? Replaced(IOpenApiSchema? node, OpenApiDocument document)
    {
        if (node is OpenApiSchema { Title: { } title } && title.StartsWith(Mark, StringComparison.Ordinal))
        {
            return new OpenApiSchemaReference(title[Mark.Length..], document);
        }

        Visit(node, document);
        return node;
    }
}
