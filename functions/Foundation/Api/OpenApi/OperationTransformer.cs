using System.Globalization;
using System.Text.Json.Nodes;
using Foundation.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Foundation.Api;

/// <summary>Adds to each operation what its <see cref="ApiOperation"/> declares: query, headers, examples, refusals, the scope it needs.</summary>
internal static class OperationTransformer
{
    public static Task ApplyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var declared = metadata.OfType<ApiOperation>().Last();
        var scope = metadata.OfType<EndpointAccess>().LastOrDefault()?.Scope;
        var document = context.Document!;
        operation.Tags = new HashSet<OpenApiTagReference> { new(DocumentTransformer.TagOf(context.Description.RelativePath ?? ""), document) };
        AddParameters(operation, declared, document);
        AddBody(operation, declared);
        AddAnswers(operation, declared);
        AddRefusals(operation, declared, scope, document);
        operation.Security = [];
        if (scope is not null)
        {
            var bearer = new OpenApiSecuritySchemeReference(DocumentTransformer.Bearer, document);
            operation.Security = [new OpenApiSecurityRequirement { [bearer] = [] }];
            operation.Description = string.Join("\n\n", new[] { operation.Description, scope == ScopeRules.AnyKey ? null : $"Scope: `{scope}`." }.Where(text => !string.IsNullOrEmpty(text)));
        }

        return Task.CompletedTask;
    }

    private static void AddParameters(OpenApiOperation operation, ApiOperation declared, OpenApiDocument document)
    {
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            parameter.Description ??= declared.PathParameters.GetValueOrDefault(parameter.Name ?? "") ?? PathParameter(parameter.Name);
        }

        foreach (var query in declared.Query)
        {
            var schema = Schema(query.Schema, document);
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = query.Name,
                In = ParameterLocation.Query,
                Description = query.Summary,
                Schema = query.Repeatable ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema } : schema,
            });
        }

        foreach (var header in declared.Headers.Where(header => !header.OfAnswer))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Description = header.Summary,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (operation.Parameters.Count == 0) operation.Parameters = null;
    }

    private static string PathParameter(string? name) => name switch
    {
        "id" => "The id.",
        _ => $"The {name}.",
    };

    private static OpenApiSchema Schema(string json, OpenApiDocument document) =>
        OpenApiModelFactory.Parse<OpenApiSchema>(json, OpenApiSpecVersion.OpenApi3_1, document, out _, "json")
        ?? throw new InvalidOperationException($"Not a schema: {json}");

    private static void AddBody(OpenApiOperation operation, ApiOperation declared)
    {
        if (operation.RequestBody is not OpenApiRequestBody body) return;
        body.Required = !declared.BodyOptional;
        AddExamples(body.Content, declared, 0);
    }

    private static void AddAnswers(OpenApiOperation operation, ApiOperation declared)
    {
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            if (answer is not OpenApiResponse response || !int.TryParse(status, CultureInfo.InvariantCulture, out var number)) continue;
            response.Description = declared.Answers.GetValueOrDefault(number, response.Description ?? "");
            AddExamples(response.Content, declared, number);
            foreach (var header in declared.Headers.Where(header => header.OfAnswer))
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[header.Name] = new OpenApiHeader
                {
                    Description = header.Summary, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                };
            }
        }
    }

    private static void AddExamples(IDictionary<string, OpenApiMediaType>? content, ApiOperation declared, int status)
    {
        if (content is null || declared.Examples.FirstOrDefault(example => example.Status == status) is not { } found) return;
        foreach (var media in content.Values) media.Example = JsonNode.Parse(found.Json);
    }

    private static void AddRefusals(OpenApiOperation operation, ApiOperation declared, string? scope, OpenApiDocument document)
    {
        operation.Responses ??= [];
        foreach (var errors in declared.AllErrors(scope).GroupBy(error => error.Status).OrderBy(group => group.Key))
        {
            var sorted = errors.OrderBy(error => error.Code, StringComparer.Ordinal).ToList();
            var name = string.Join('_', sorted.Select(error => error.Code));
            document.Components ??= new OpenApiComponents();
            document.Components.Responses ??= new Dictionary<string, IOpenApiResponse>();
            document.Components.Responses.TryAdd(name, Refusal(sorted, document));
            var response = new OpenApiResponseReference(name, document);
            operation.Responses[errors.Key.ToString(CultureInfo.InvariantCulture)] = response;
        }
    }

    private static OpenApiResponse Refusal(IEnumerable<ErrorCode> errors, OpenApiDocument document) => new()
    {
        Description = string.Join("\n\n", errors.Select(error => $"`{error.Code}`: {error.Title}")),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(DocumentTransformer.Problem, document) },
        },
    };
}
