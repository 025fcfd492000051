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

    private static readonly Dictionary<string, string> Tags = new(StringComparer.Ordinal)
    {
        ["adapters"] = "Calls to others by declared operations.",
        ["alerts"] = "What somebody must hear of.",
        ["approvals"] = "Decisions of people.",
        ["archive"] = "Backup, restore, moving between hosts.",
        ["batches"] = "Many tasks with one end.",
        ["circuit-breakers"] = "Whether a target is called at all.",
        ["config"] = "What operators declare: documents in layers and versions.",
        ["connections"] = "Pools of connections.",
        ["events"] = "Immutable facts.",
        ["guards"] = "What a call passes: rate limit, bulkhead, breaker, retry.",
        ["health"] = "Whether everything is well.",
        ["instances"] = "Running agents, found by what they can do.",
        ["keys"] = "Who may do what.",
        ["locks"] = "Locks, semaphores, leaders, barriers.",
        ["metrics"] = "Numbers over time.",
        ["performance"] = "What got slower, and why.",
        ["projections"] = "Views made of events.",
        ["queues"] = "Lines of tasks: depths, ages, pause and resume.",
        ["rate-limits"] = "How often a target is called.",
        ["registry"] = "The registry itself.",
        ["runs"] = "Workflows on their way.",
        ["schedules"] = "What happens when.",
        ["self"] = "This host: what it is, whether it is well, what its errors mean.",
        ["services"] = "Agents that register, with their leases.",
        ["streams"] = "Events in order.",
        ["subscriptions"] = "Who is told of events.",
        ["tasks"] = "Durable work for agents.",
        ["traces"] = "What happened inside a request.",
        ["validate"] = "Payloads against schemas.",
        ["workflows"] = "Steps of tasks that survive everything.",
    };

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
        document.Tags = new HashSet<OpenApiTag>(tags.Select(tag => new OpenApiTag { Name = tag, Description = Tags.GetValueOrDefault(tag, $"The room {tag}.") }));
    }
}
