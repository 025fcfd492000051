using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Api;
using Foundation.Kernel;
using Foundation.Security;

namespace Foundation.Embedded.Samples;

/// <summary>What the sample is asked: the data of a task of type <c>hello</c>.</summary>
/// <param name="Name">Whom to greet.</param>
internal sealed record HelloData(string? Name = null);

/// <summary>What the sample answers: the task's result.</summary>
/// <param name="Greeting">The greeting.</param>
internal sealed record HelloResult(string Greeting);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HelloData))]
[JsonSerializable(typeof(HelloResult))]
internal sealed partial class HelloJson : JsonSerializerContext;

/// <summary>
/// The endpoint of the built-in agent <c>hello</c>, which takes tasks as any agent does: pushed as CloudEvents, over HTTP, by the
/// registry. It is part of this executable only so that a first task has somebody to go to.
/// </summary>
internal sealed class HelloRoom : IRoom
{
    public const string Path = "/samples/hello";
    private const int NameMax = 100;

    public RoomInfo Info { get; } = new("samples") { Features = ["samples"] };

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, GreetAsync).AllowWithoutKey().ExcludeFromDescription();

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    private static async Task<IResult> GreetAsync(HttpContext http, CancellationToken ct)
    {
        // Only the host itself has business here; from outside it looks as if it were not there.
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
        {
            return ApiResults.Problem(new Problem(ApiErrors.NotFound));
        }

        var data = await ApiBody.ReadOptionalAsync(http, HelloJson.Default.HelloData, new HelloData(), ct);
        return data.ToResult(d => ApiResults.Json(
            new HelloResult($"Hello, {(string.IsNullOrWhiteSpace(d.Name) ? "world" : Texts.Clip(d.Name, NameMax))}!"), HelloJson.Default.HelloResult));
    }
}
