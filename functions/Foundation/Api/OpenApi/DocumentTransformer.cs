using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Foundation.Api;

/// <summary>The parts that all operations share: title, key, problem, tags. The order is fixed, so that a change is seen in a diff.</summary>
internal static class DocumentTransformer
{
    public const string Bearer = "bearer";
    public const string Problem = "Problem";

    // OpenAPI's own form, in which the schema of a problem is easier read than built.
    private const string ProblemSchema = """
        {
          "type": "object",
          "description": "Why a request was refused (RFC 9457). Every code stands in /errors.",
          "required": ["type", "title", "status", "detail", "code", "severity", "category", "retry"],
          "properties": {
            "type": { "type": "string", "description": "`/errors#` and the code.", "examples": ["/errors#api.not-found"] },
            "title": { "type": "string", "description": "What the code means." },
            "status": { "type": "integer", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What happened here." },
            "hint": { "type": "string", "description": "What the caller can do about it." },
            "code": { "type": "string", "description": "Stable; the first segment is the room.", "examples": ["api.not-found"] },
            "severity": { "type": "string", "enum": ["low", "medium", "high", "critical"] },
            "category": { "type": "string", "enum": ["configuration", "system", "data", "external"] },
            "retry": {
              "type": "object",
              "description": "Whether the same request may succeed later, and when.",
              "required": ["allowed"],
              "properties": { "allowed": { "type": "boolean" }, "after": { "type": "string", "examples": ["1s"] } }
            },
            "traceId": { "type": "string", "description": "The trace of the request (W3C)." },
            "errors": {
              "type": "array",
              "description": "Every fault of the request.",
              "items": {
                "type": "object",
                "required": ["path", "code", "message"],
                "properties": {
                  "path": { "type": "string", "description": "JSON Pointer; `?name` for a query parameter." },
                  "code": { "type": "string" },
                  "message": { "type": "string" },
                  "hint": { "type": "string" }
                }
              }
            }
          }
        }
        """;

    public static Task ApplyAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Foundation",
            Version = "1",
            Description = "Durable tasks, guards, registry and the rest of what a fleet of agents needs. Conventions: JSON in camelCase; unknown "
                + "members and parameters are refused; every refusal is a problem with a stable code (`/errors`); lists are "
                + "`{ items, next? }`; durations are texts such as `30s`.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer",
                Description = "A key. A host without keys answers callers on its own machine without one.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = OpenApiModelFactory.Parse<OpenApiSchema>(
            ProblemSchema, OpenApiSpecVersion.OpenApi3_1, document, out _, "json")!;
        SchemaReferences.Show(document);
        document.Components.Schemas = document.Components.Schemas.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary();
        document.Components.Responses = document.Components.Responses?.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary();
        Sort(document);
        return Task.CompletedTask;
    }

    /// <summary>The tag of a path: its first segment after <c>api</c>.</summary>
    public static string TagOf(string path)
    {
        var segments = path.TrimStart('/').Split('/');
        return segments is ["api", var first, ..] ? first switch { "version" or "whoami" => "self", _ => first } : "self";
    }

    private static void Sort(OpenApiDocument document)
    {
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(pair => pair.Key, StringComparer.Ordinal)) paths[path] = item;
        document.Paths = paths;
        var tags = document.Paths.Keys.Select(TagOf).Distinct().Order(StringComparer.Ordinal);
        document.Tags = new HashSet<OpenApiTag>(tags.Select(tag => new OpenApiTag { Name = tag }));
    }
}
