using Foundation.Api;
using Foundation.Kernel;

namespace Foundation.Embedded.Hosting;

/// <summary>
/// Ends requests that only wait when the host stops: a <c>?wait=60s</c>, a lease poll or an event stream would otherwise keep it from
/// ending. What works gets a few seconds to end by itself first.
/// </summary>
internal sealed class StopMiddleware : IDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly RequestDelegate _next;
    private readonly CancellationTokenSource _over;
    private readonly CancellationTokenRegistration _stopping;

    public StopMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_next, _over) = (next, new CancellationTokenSource(Timeout.InfiniteTimeSpan, time));
        _stopping = lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Grace));
    }

    public async Task InvokeAsync(HttpContext http)
    {
        var gone = http.RequestAborted;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(gone, _over.Token);
        http.RequestAborted = ended.Token;
        try
        {
            await _next(http);
        }
        finally
        {
            http.RequestAborted = gone;
        }

        // The pipeline inside took the end for a caller who has left, and answered nothing.
        if (_over.IsCancellationRequested && !gone.IsCancellationRequested && !http.Response.HasStarted)
        {
            http.Response.Clear();
            await ApiResults.WriteProblemAsync(http, new Problem(ApiErrors.Stopping) { RetryAfter = TimeSpan.FromSeconds(5) });
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _over.Dispose();
    }
}
