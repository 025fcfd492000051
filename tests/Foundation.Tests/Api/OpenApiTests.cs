using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Foundation.Api;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Foundation.Tests.Api;

/// <summary>The API document of the whole product.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private TestHost _host = null!;
    private JsonObject _document = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(f => f.AddAllRooms());
        var answer = await _host.Client.ReadAsync("/openapi.json");
        Assert.True(answer.Status == System.Net.HttpStatusCode.OK, string.Join("\n", _host.Logs.Entries.Select(e => e.Error)));
        _document = JsonNode.Parse(answer.Text)!.AsObject();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void EveryRoomOfTheCore_IsPartOfTheProduct()
    {
        var all = typeof(FoundationRooms).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IRoom)));
        Assert.Equal(
            all.Select(t => t.Name).Order(StringComparer.Ordinal),
            _host.Services.GetServices<IRoom>().Select(room => room.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryEndpoint_IsAnOperationOrAPage()
    {
        string[] pages = ["/", "/metrics", "/openapi.json", "/docs/{**path}", "/docs"];
        var unnamed = Endpoints().Where(e => e.Metadata.GetMetadata<ApiOperation>() is null)
            .Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Where(path => !pages.Contains(path) && !path.StartsWith("/docs", StringComparison.Ordinal));
        Assert.Empty(unnamed);
    }

    [Fact]
    public void EveryOperation_HasIdSummaryAndAnswers()
    {
        var ids = new HashSet<string>();
        foreach (var (path, method, operation) in Operations())
        {
            var id = operation["operationId"]?.GetValue<string>();
            Assert.True(id is not null && ids.Add(id), $"{method} {path} has no operationId of its own");
            Assert.False(string.IsNullOrWhiteSpace(operation["summary"]?.GetValue<string>()), $"{id} has no summary");
            Assert.All(operation["parameters"]?.AsArray() ?? [], p => Assert.False(string.IsNullOrEmpty(p!["description"]?.GetValue<string>()), $"{id}: {p["name"]} has no description"));
            var responses = operation["responses"]!.AsObject();
            Assert.True(responses.Any(r => r.Key[0] is '2'), $"{id} declares no success");
            Assert.All(responses, r => Assert.False(string.IsNullOrEmpty(Resolve(r.Value!)["description"]?.GetValue<string>()), $"{id} {r.Key} has no description"));
            foreach (var (status, response) in responses.Where(r => r.Key[0] is '4' or '5'))
            {
                var content = Resolve(response!)["content"]?.AsObject();
                Assert.True(content?.ContainsKey("application/problem+json") == true, $"{id} {status} is no problem");
            }

            Assert.True(method == "get" || operation["requestBody"] is null || responses.ContainsKey("422"), $"{id} takes a body and refuses none");
        }
    }

    [Fact]
    public void NoSchema_IsEmpty()
    {
        var empty = new List<string>();
        Walk(_document, "", (node, path) =>
        {
            var parent = path.Split('/')[^2];
            var last = path.Split('/')[^1];
            var isSchema = last is "schema" or "items" or "additionalProperties" || parent is "properties" or "schemas";
            if (isSchema && !path.Contains("/example", StringComparison.Ordinal) && node is JsonObject { Count: 0 }) empty.Add(path);
            if (isSchema && node is JsonObject list && Types(list).Contains("array") && Types(list).Length < 4 && !list.ContainsKey("items")) empty.Add(path + ": no items");
            if (isSchema && node is JsonObject one && !one.ContainsKey("type") && !one.Any(m => m.Key is "$ref" or "oneOf" or "anyOf" or "allOf")) empty.Add(path);
        });
        Assert.Empty(empty);
    }

    [Fact]
    public void EveryReference_Resolves() => Walk(_document, "", (node, path) =>
    {
        if (path.EndsWith("/$ref", StringComparison.Ordinal)) Assert.True(Resolve(new JsonObject { ["$ref"] = node!.GetValue<string>() }) is not null, path);
    });

    [Fact]
    public void EveryExample_IsReadByItsContract()
    {
        var checkedOnes = 0;
        foreach (var endpoint in Endpoints())
        {
            if (endpoint.Metadata.GetMetadata<ApiOperation>() is not { } operation) continue;
            foreach (var example in operation.Examples)
            {
                var type = example.Status == 0
                    ? endpoint.Metadata.GetMetadata<IAcceptsMetadata>()!.RequestType!
                    : endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().First(p => p.StatusCode == example.Status).Type!;
                Assert.True(RawJson.TryParse(System.Text.Encoding.UTF8.GetBytes(example.Json), out var json), $"{operation.Id}: {example.Json}");
                var typeInfo = operation.Types.FirstOrDefault(t => t.Type == type);
                if (typeInfo is null && type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ItemPage<>))
                {
                    typeInfo = operation.Types.First(t => t.Type == type.GetGenericArguments()[0]);
                    foreach (var item in JsonNode.Parse(example.Json)!["items"]!.AsArray()) Read(operation, typeInfo, RawJson.Parse(item!.ToJsonString()));
                }
                else
                {
                    Read(operation, typeInfo!, json);
                }

                checkedOnes++;
            }
        }

        Assert.True(checkedOnes > 3, "No examples were found");
    }

    [Fact]
    public void EachPart_IsApproved()
    {
        foreach (var tag in Operations().Select(o => Tag(o.Operation)).Distinct().Order(StringComparer.Ordinal))
        {
            Approved.Equal($"tests/Foundation.Tests/Api/Approved/openapi.{tag}.json", Part(tag).ToJsonString(Indented) + "\n");
        }
    }

    /// <summary>The paths of one tag and the schemas that they reach: rooms change without touching each other's file.</summary>
    private JsonObject Part(string tag)
    {
        var paths = new JsonObject();
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var (path, method, operation) in Operations().Where(o => Tag(o.Operation) == tag))
        {
            if (!paths.ContainsKey(path)) paths[path] = new JsonObject();
            var shown = operation.DeepClone().AsObject();
            foreach (var (status, response) in shown["responses"]!.AsObject().ToList())
            {
                // A refusal's name lists its codes.
                if (response!["$ref"] is { } refusal) shown["responses"]![status] = refusal.GetValue<string>().Split('/')[^1];
            }

            paths[path]![method] = shown;
            Reach(shown, schemas);
        }

        return new JsonObject { ["paths"] = paths, ["schemas"] = new JsonObject(schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))) };
    }

    private void Reach(JsonNode node, SortedDictionary<string, JsonNode> schemas) => Walk(node, "", (reference, path) =>
    {
        if (!path.EndsWith("/$ref", StringComparison.Ordinal) || reference!.GetValue<string>().Split('/') is not ["#", "components", "schemas", var name]) return;
        if (!schemas.TryAdd(name, _document["components"]!["schemas"]![name]!.DeepClone())) return;
        Reach(schemas[name], schemas);
    });

    private static void Read(ApiOperation operation, JsonTypeInfo type, RawJson json)
    {
        var read = typeof(StrictJson).GetMethods().Single(m => m.Name == nameof(StrictJson.Read) && m.GetParameters()[0].ParameterType == typeof(RawJson));
        var outcome = read.MakeGenericMethod(type.Type).Invoke(null, [json, type])!;
        var problem = (Problem?)outcome.GetType().GetProperty(nameof(Outcome<int>.Problem), BindingFlags.Public | BindingFlags.Instance)!.GetValue(outcome);
        Assert.True(problem is null, $"{operation.Id}: {json}: {string.Join("; ", problem?.Faults.Select(f => f.Path + " " + f.Message) ?? [])}");
    }

    private IEnumerable<RouteEndpoint> Endpoints() => _host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private IEnumerable<(string Path, string Method, JsonObject Operation)> Operations() =>
        from path in _document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        select (path.Key, method.Key, method.Value!.AsObject());

    private static string[] Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray many => [.. many.Select(t => t!.GetValue<string>())],
        { } one => [one.GetValue<string>()],
        null => [],
    };

    private static string Tag(JsonObject operation) => operation["tags"]![0]!.GetValue<string>();

    private JsonNode Resolve(JsonNode node)
    {
        if (node is not JsonObject one || one["$ref"] is not { } reference) return node;
        JsonNode? found = _document;
        foreach (var segment in reference.GetValue<string>().Split('/').Skip(1)) found = found?[segment.Replace("~1", "/", StringComparison.Ordinal)];
        return found ?? throw new KeyNotFoundException(reference.GetValue<string>());
    }

    private static void Walk(JsonNode? node, string path, Action<JsonNode?, string> look)
    {
        if (path.Length > 0) look(node, path);
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList()) Walk(value, $"{path}/{name}", look);
        }
        else if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++) Walk(items[i], $"{path}/{i}", look);
        }
    }
}
