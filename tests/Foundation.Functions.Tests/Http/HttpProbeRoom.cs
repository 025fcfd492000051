using Foundation.Protocols;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Functions.Tests.Http;

/// <summary>Endpoints of every shape that matters to who forwards them.</summary>
internal sealed class HttpProbeRoom : IRoom
{
    public RoomInfo Info { get; } = new("httpprobe");

    /// <summary>Set when the caller of a stream or a wait was seen to be gone.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Map(IEndpointRouteBuilder routes)
    {
        var probe = routes.MapGroup("/api/probe").RequireScope("probe:write");
        probe.MapMethods("echo/{name}", ["GET", "PUT", "POST", "PATCH", "DELETE"], EchoAsync);
        probe.MapPost("count", CountAsync);
        probe.MapGet("only-get", () => Results.Text("got"));
        probe.MapGet("throw", string () => throw new InvalidOperationException("a bug"));
        probe.MapGet("large", () => Results.Text(new string('x', 3_000_000)));
        probe.MapGet("wait", WaitAsync);
        probe.MapGet("stream", StreamAsync);
        probe.MapGet("break", BreakAsync);
    }

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    private static async Task<IResult> EchoAsync(string name, HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var values = string.Join(',', request.RouteValues.Keys.Order(StringComparer.Ordinal));
        return Results.Text($"{request.Method} {name} {request.QueryString} [{values}] {await reader.ReadToEndAsync()}");
    }

    private static async Task<IResult> CountAsync(HttpRequest request, CancellationToken ct)
    {
        var (buffer, count) = (new byte[64 * 1024], 0L);
        while (await request.Body.ReadAsync(buffer, ct) is > 0 and var read)
        {
            count += read;
        }

        return Results.Text($"{count}");
    }

    private async Task WaitAsync(CancellationToken ct) => await UntilGoneAsync(ct);

    private async Task StreamAsync(HttpResponse response, CancellationToken ct)
    {
        response.ContentType = "text/event-stream";
        await response.WriteAsync("data: first\n\n", ct);
        await response.Body.FlushAsync(ct);
        await UntilGoneAsync(ct);
    }

    private static async Task BreakAsync(HttpResponse response, CancellationToken ct)
    {
        await response.WriteAsync("half", ct);
        await response.Body.FlushAsync(ct);
        throw new InvalidOperationException("in the middle");
    }

    private async Task UntilGoneAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
        finally
        {
            Gone.TrySetResult();
        }
    }
}
